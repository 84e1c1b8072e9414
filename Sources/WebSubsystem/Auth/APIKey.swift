import Crypto
package import DatabaseSubsystem
package import HydrogenCore

/// A key of the configuration: known by its digest alone, so that a configuration gives none away.
package struct APIKey: Sendable, Hashable {
    /// What the key is called, for messages.
    package let name: String
    /// The SHA-256 of the key, as 64 hexadecimal digits in small letters.
    package let digest: String
    /// What its bearer may do.
    package let scopes: [Scope]
    /// What parameters may be bound to.
    package let claims: CallerClaims
    /// The database that its bearer belongs to, for the conduit.
    package let database: String?

    /// Reads one key.
    ///
    /// - `Name`: required, for messages.
    /// - `SHA256`: required; what `hydrogen api-key` prints beside a new key.
    /// - `Scopes`: required, at least one of `admin`, `query:*`, `query:DATABASE`, `query:DATABASE:NUMBER`.
    /// - `Database`: the database of the conduit's `auth_query`. Default: none.
    /// - `Claims`: texts by name, for parameters that are bound to claims. Default: none.
    package init(_ reader: ConfigurationReader) {
        name = reader.required("Name", .string(length: 1...64), placeholder: "")
        let digest = ValueKind<String>.string.checked("the SHA-256 of the key, 64 hexadecimal digits") { text in
            text.utf8.count == 64 && text.allSatisfy { $0.isASCII && $0.isHexDigit }
        }
        self.digest = reader.required("SHA256", digest, placeholder: "").lowercased()
        let words = reader.strings("Scopes")
        for word in words where Scope(word) == nil {
            reader.fault("Scopes", expected: Scope.expectation, got: word.jsonQuoted)
        }
        if words.isEmpty { reader.fault("Scopes", expected: "at least one of " + Scope.expectation, got: "none") }
        scopes = words.compactMap { Scope($0) }
        database = reader.optional("Database", .string(length: 1...64))
        claims = CallerClaims(reader.dictionary("Claims", .string(length: 0...4096)).mapValues { .string($0) })
    }
}

extension APIKey {
    /// A new key, of 256 random bits.
    package static func random() -> String {
        "hk_" + SymmetricKey(size: .bits256).withUnsafeBytes(hexadecimal)
    }

    /// The digest that the configuration has of a key.
    package static func digest(of key: String) -> String {
        hexadecimal(SHA256.hash(data: Array(key.utf8)))
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
