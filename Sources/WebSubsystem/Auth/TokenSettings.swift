package import HydrogenCore

/// The section `API.Auth.JWT`: which bearer tokens are taken.
package struct TokenSettings: Sendable, Hashable {
    /// How tokens may be signed. Source: RFC 7518, section 3.1.
    package enum Algorithm: String, Sendable, Hashable, CaseIterable {
        /// HMAC with SHA-256 and a shared secret.
        case hs256 = "HS256"
        /// RSA with SHA-256.
        case rs256 = "RS256"
        /// ECDSA on P-256 with SHA-256.
        case es256 = "ES256"
    }

    /// Where a set of keys is.
    package enum KeySetPlace: Sendable, Hashable {
        case file(String)
        case url(String)
    }

    /// What is taken; nothing else is, whatever a token says.
    package let algorithms: Set<Algorithm>
    /// The secret of HS256.
    package let secret: Secret?
    /// A file with one public key in PEM form, for RS256 or ES256.
    package let publicKey: String?
    /// A set of public keys.
    package let keySet: KeySetPlace?
    /// How often a set is fetched anew.
    package let refreshInterval: Duration
    /// What the claim `iss` must be; `nil` for anything.
    package let issuer: String?
    /// What the claim `aud` must be or hold; `nil` for anything.
    package let audience: String?
    /// How far clocks may be apart.
    package let leeway: Duration
    /// The claim that holds scopes.
    package let scopeClaim: String
    /// The claim that names the caller's database.
    package let databaseClaim: String
    /// A file with the `jti` of one revoked token a line.
    package let revocations: String?

    /// The shortest secret of HS256, in bytes. Source: RFC 7518, section 3.2.
    package static let shortestSecret = 32

    /// Reads the section.
    ///
    /// - `Algorithms`: required, of `HS256`, `RS256`, `ES256`.
    /// - `Secret`: for HS256, at least 32 bytes. Required then.
    /// - `PublicKey`: a PEM file. `JWKS`: a file, or an `https` URL. RS256 and ES256 need one of them.
    /// - `JWKSRefreshSeconds`: default 300, 10 to 86,400.
    /// - `Issuer`, `Audience`: default anything; with a URL of keys `Audience` is required.
    /// - `LeewaySeconds`: default 30, 0 to 600.
    /// - `ScopeClaim`: default `scope`. `DatabaseClaim`: default `database`.
    /// - `RevocationFile`: default none.
    package init(_ reader: ConfigurationReader) {
        let words = reader.strings("Algorithms")
        let known = Algorithm.allCases.map(\.rawValue).joined(separator: ", ")
        for word in words where Algorithm(rawValue: word) == nil {
            reader.fault("Algorithms", expected: "some of \(known)", got: word.jsonQuoted)
        }
        if words.isEmpty { reader.fault("Algorithms", expected: "at least one of \(known)", got: "none") }
        algorithms = Set(words.compactMap { Algorithm(rawValue: $0) })
        secret = reader.optional("Secret", .secret)
        let path = ValueKind<String>.string(length: 1...4096)
        publicKey = reader.optional("PublicKey", path).map { reader.files.resolved($0) }
        keySet = reader.optional("JWKS", path).map { Self.place($0, reader) }
        refreshInterval = reader.value("JWKSRefreshSeconds", .seconds(10...86_400), default: .seconds(300))
        issuer = reader.optional("Issuer", .string(length: 1...1024))
        audience = reader.optional("Audience", .string(length: 1...1024))
        leeway = reader.value("LeewaySeconds", .seconds(0...600), default: .seconds(30))
        scopeClaim = reader.value("ScopeClaim", .string(length: 1...256), default: "scope")
        databaseClaim = reader.value("DatabaseClaim", .string(length: 1...256), default: "database")
        revocations = reader.optional("RevocationFile", path).map { reader.files.resolved($0) }
        if case .url = keySet, audience == nil {
            reader.fault("Audience", expected: "a text: the keys of a URL sign tokens for others too", got: "nothing")
        }
    }

    private static func place(_ text: String, _ reader: ConfigurationReader) -> KeySetPlace {
        guard let mark = text.firstRange(of: "://") else { return .file(reader.files.resolved(text)) }
        let authority = text[mark.upperBound...].prefix { !"/?#".contains($0) }
        let host = authority.hasPrefix("[") ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
        let isLocal = ["127.0.0.1", "localhost", "[::1]"].contains(String(host))
        let isFine = text.hasPrefix("https://") || (text.hasPrefix("http://") && isLocal)
        if authority.contains("@") {
            reader.fault("JWKS", expected: "a URL without a user and a password", got: "one with them")
        } else if !isFine {
            reader.fault("JWKS", expected: "a file, or a URL with https", got: "another URL")
        }
        return .url(text)
    }

    /// What is missing for these tokens to be checked; `nil` when nothing is.
    package var shortcoming: String? {
        if algorithms.contains(.hs256) {
            guard let secret else { return "HS256 needs API.Auth.JWT.Secret" }
            guard secret.reveal().utf8.count >= Self.shortestSecret else {
                return "API.Auth.JWT.Secret has fewer than \(Self.shortestSecret) bytes; HS256 needs as many"
            }
        } else if secret != nil {
            return "API.Auth.JWT.Secret is there, and HS256 is not among the Algorithms; remove one, or add the other"
        }
        let needsKeys = !algorithms.isDisjoint(with: [.rs256, .es256])
        let hasKeys = publicKey != nil || keySet != nil
        if needsKeys, !hasKeys { return "RS256 and ES256 need API.Auth.JWT.PublicKey or JWKS" }
        if !needsKeys, hasKeys { return "PublicKey and JWKS are for RS256 and ES256, which Algorithms does not name" }
        return nil
    }
}
