import HydrogenCore
import JWTKit

/// One key that tokens may be signed with.
struct SigningKey: Sendable {
    /// What tokens call it; `nil` for the only one of its kind.
    let id: String?
    /// How it signs.
    let algorithm: TokenSettings.Algorithm
    private let verifier: any JWTAlgorithm

    /// The secret of HS256.
    static func secret(_ secret: Secret) async throws -> SigningKey {
        let keys = await JWTKeyCollection().add(hmac: HMACKey(from: secret.reveal()), digestAlgorithm: .sha256)
        return SigningKey(id: nil, algorithm: .hs256, verifier: try await keys.getKey())
    }

    /// A public key of RSA: at least 2,048 bits.
    static func rsa(_ key: Insecure.RSA.PublicKey, id: String? = nil) async throws -> SigningKey {
        let keys = await JWTKeyCollection().add(rsa: key, digestAlgorithm: .sha256)
        return SigningKey(id: id, algorithm: .rs256, verifier: try await keys.getKey())
    }

    /// A public key of P-256.
    static func ecdsa(_ key: ES256PublicKey, id: String? = nil) async throws -> SigningKey {
        let keys = await JWTKeyCollection().add(ecdsa: key)
        return SigningKey(id: id, algorithm: .es256, verifier: try await keys.getKey())
    }

    /// Whether the key made a signature.
    func made(_ signature: [UInt8], of text: [UInt8]) -> Bool {
        // An error is a signature of another length or form.
        (try? verifier.verify(signature, signs: text)) ?? false
    }
}

/// The keys that tokens may be signed with, read from where they are.
struct SigningKeys: Sendable {
    /// All that can be used.
    let keys: [SigningKey]

    /// Those that may have signed a token.
    func candidates(_ algorithm: TokenSettings.Algorithm, id: String?) -> [SigningKey] {
        keys.filter { $0.algorithm == algorithm && (id == nil || $0.id == nil || $0.id == id) }
    }

    /// Reads a file with a public key.
    ///
    /// - Parameter algorithms: Those that are taken; the key must be of one of them.
    static func pem(
        _ text: String,
        from path: String,
        for algorithms: Set<TokenSettings.Algorithm>
    ) async throws(KeyFault) -> SigningKeys {
        do {
            if algorithms.contains(.es256), let key = try? ES256PublicKey(pem: text) {
                return SigningKeys(keys: [try await .ecdsa(key)])
            }
            if algorithms.contains(.rs256) {
                return SigningKeys(keys: [try await .rsa(Insecure.RSA.PublicKey(pem: text))])
            }
        } catch {
            // Which of the forms it fails to have says nothing to an operator.
        }
        let names = algorithms.map(\.rawValue).sorted().filter { $0 != "HS256" }.joined(separator: " or ")
        throw KeyFault("\(path) is no public key in PEM form for \(names) (RSA of 2,048 bits or more, or P-256)")
    }

    /// Reads a set of keys; those for other purposes are left out.
    ///
    /// Source: RFC 7517, sections 4 and 5; RFC 7518, sections 6.2 and 6.3.
    static func set(
        _ bytes: [UInt8],
        from place: String,
        for algorithms: Set<TokenSettings.Algorithm>
    ) async throws(KeyFault) -> SigningKeys {
        let node: JSONNode
        do throws(JSONFault) {
            node = try JSONParser(options: .strict).parse(bytes)
        } catch {
            throw KeyFault("\(place) is no JSON: \(error)")
        }
        guard case .array(let nodes)? = node.value["keys"]?.value else {
            throw KeyFault("\(place) has no array \"keys\", as a set of keys has (RFC 7517)")
        }
        var keys: [SigningKey] = []
        for node in nodes {
            if let key = await key(node.value), algorithms.contains(key.algorithm) { keys.append(key) }
        }
        guard !keys.isEmpty else {
            let names = algorithms.map(\.rawValue).sorted().joined(separator: ", ")
            throw KeyFault("\(place) has \(nodes.count) keys, and none that signs with \(names)")
        }
        return SigningKeys(keys: keys)
    }

    /// One key of a set; `nil` for one that signs nothing here.
    private static func key(_ json: JSONValue) async -> SigningKey? {
        func text(_ name: String) -> String? {
            if case .string(let text)? = json[name]?.value { text } else { nil }
        }
        guard text("use") ?? "sig" == "sig" else { return nil }
        switch (text("kty"), text("alg")) {
        case ("RSA", nil), ("RSA", "RS256"):
            guard let modulus = text("n"), let exponent = text("e"),
                let key = try? Insecure.RSA.PublicKey(modulus: modulus, exponent: exponent)
            else { return nil }
            return try? await .rsa(key, id: text("kid"))
        case ("EC", nil), ("EC", "ES256"):
            guard text("crv") == "P-256", let x = text("x"), let y = text("y"),
                let key = try? ES256PublicKey(parameters: (x, y))
            else { return nil }
            return try? await .ecdsa(key, id: text("kid"))
        default: return nil
        }
    }
}

/// Why keys cannot be used: what is wrong, and where.
struct KeyFault: Error, Sendable, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
