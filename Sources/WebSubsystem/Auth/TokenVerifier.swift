import DatabaseSubsystem
import FoundationEssentials
import HydrogenCore

/// Checks bearer tokens: form, signature, time, origin. Pure but for the cryptography: no I/O, no clock.
///
/// What a token says of itself is never believed: the way of signing must be one that the configuration names, and a key only
/// checks what is signed in its own way. Source: RFC 7519, section 7.2; RFC 8725, section 3.
struct TokenVerifier: Sendable {
    /// A token that is taken.
    struct Verified: Sendable {
        let caller: Caller
        /// When it is over, in seconds since 1970.
        let expiresAt: Double
    }

    /// The longest token, in bytes.
    static let longest = 8192

    let settings: TokenSettings

    /// Checks a token.
    ///
    /// - Parameters:
    ///   - revoked: The `jti` of tokens that are not taken any more.
    ///   - now: Seconds since 1970.
    func verify(
        _ token: String,
        keys: SigningKeys,
        revoked: Set<String>,
        now: Double
    ) throws(TokenFault) -> Verified {
        let parts = try Parts(token)
        let claims = try payload(of: parts, keys: keys)
        let expiresAt = try checkTime(claims, now: now)
        try checkOrigin(claims)
        switch claims["jti"] {
        case .string(let id), .number(let id): if revoked.contains(id) { throw .revoked }
        case nil, .null, .boolean, .array, .object: break
        }
        return Verified(caller: caller(claims), expiresAt: expiresAt + settings.leeway.seconds)
    }

    // MARK: Signature

    /// A token taken apart: `header.payload.signature`, each in base64url (RFC 7515, section 3.1).
    private struct Parts {
        let header: [String: JSONValue]
        let payload: Substring
        let signature: [UInt8]
        /// What is signed.
        let signed: [UInt8]

        init(_ token: String) throws(TokenFault) {
            guard token.utf8.count <= TokenVerifier.longest else {
                throw .format("has more than \(TokenVerifier.longest) bytes")
            }
            let parts = token.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3 else { throw .format("should have three parts with dots between them") }
            guard let header = TokenVerifier.object(parts[0]) else { throw .format("has no header that can be read") }
            guard let signature = TokenVerifier.bytes(parts[2]), !signature.isEmpty else {
                throw .format("has no signature that can be read")
            }
            self.header = header
            self.signature = signature
            payload = parts[1]
            signed = Array(token.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
        }
    }

    private func payload(of parts: Parts, keys: SigningKeys) throws(TokenFault) -> [String: JSONValue] {
        // RFC 7515, section 4.1.11: what must be understood and is not.
        guard parts.header["crit"] == nil else { throw .format("has extensions that this server does not know (crit)") }
        guard case .string(let name)? = parts.header["alg"], let algorithm = TokenSettings.Algorithm(rawValue: name),
            settings.algorithms.contains(algorithm)
        else { throw .algorithm }
        let id: String? = if case .string(let id)? = parts.header["kid"] { id } else { nil }
        let candidates = keys.candidates(algorithm, id: id)
        guard !candidates.isEmpty else { throw .unknownKey }
        guard candidates.contains(where: { $0.made(parts.signature, of: parts.signed) }) else { throw .signature }
        guard let claims = Self.object(parts.payload) else { throw .format("has no payload that can be read") }
        return claims
    }

    private static func object(_ part: Substring) -> [String: JSONValue]? {
        guard let bytes = bytes(part), let node = try? JSONParser(options: .strict).parse(bytes),
            case .object(let members) = node.value
        else { return nil }
        return Dictionary(members.map { ($0.name, $0.node.value) }) { first, _ in first }
    }

    /// Decodes base64url without padding (RFC 7515, section 2).
    private static func bytes(_ part: Substring) -> [UInt8]? {
        guard part.utf8.allSatisfy({ $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") })
        else { return nil }
        let padding = String(repeating: "=", count: (4 - part.utf8.count % 4) % 4)
        let text = part.replacing("-", with: "+").replacing("_", with: "/")
        return Data(base64Encoded: String(text) + padding).map { Array($0) }
    }

    // MARK: Claims

    /// Checks `exp`, without which a token would be good for ever, and `nbf`. Source: RFC 7519, sections 4.1.4 and 4.1.5.
    private func checkTime(_ claims: [String: JSONValue], now: Double) throws(TokenFault) -> Double {
        guard let expiresAt = try moment("exp", in: claims) else { throw .format("has no exp") }
        guard now < expiresAt + settings.leeway.seconds else { throw .expired }
        if let begin = try moment("nbf", in: claims), now < begin - settings.leeway.seconds { throw .notYetValid }
        return expiresAt
    }

    private func moment(_ name: String, in claims: [String: JSONValue]) throws(TokenFault) -> Double? {
        switch claims[name] {
        case nil: return nil
        case .number(let literal): if let moment = Double(literal), moment.isFinite { return moment }
        case .null, .boolean, .string, .array, .object: break
        }
        throw .format("should have a number as its \(name)")
    }

    private func checkOrigin(_ claims: [String: JSONValue]) throws(TokenFault) {
        if let issuer = settings.issuer, claims["iss"] != .string(issuer) { throw .foreign("iss") }
        guard let audience = settings.audience else { return }
        switch claims["aud"] {
        case .string(audience): return
        case .array(let nodes) where nodes.contains(where: { $0.value == .string(audience) }): return
        default: throw .foreign("aud")
        }
    }

    private func caller(_ claims: [String: JSONValue]) -> Caller {
        let database: String? = if case .string(let name)? = claims[settings.databaseClaim] { name } else { nil }
        return Caller(
            proof: .token,
            scopes: scopes(claims[settings.scopeClaim], database: database) + queueRoles(claims),
            claims: CallerClaims(claims),
            database: database
        )
    }

    /// What `role` and `roles` say, as tokens for Queen MQ have them: of the message queue, and of nothing else. Words that are none of
    /// its roles are those of others.
    private func queueRoles(_ claims: [String: JSONValue]) -> [Scope] {
        var words: [JSONValue] = []
        if let role = claims["role"] { words.append(role) }
        if case .array(let nodes)? = claims["roles"] { words += nodes.map(\.value) }
        return words.compactMap {
            if case .string(let word) = $0 { QueueRole(word: word).map { .queue($0) } } else { nil }
        }
    }

    /// The scopes of a token: words with spaces between them, or an array of words; those of others are left out. A token that says
    /// nothing of scopes may do in its database what it likes.
    private func scopes(_ claim: JSONValue?, database: String?) -> [Scope] {
        switch claim {
        case .string(let words): words.split(separator: " ").compactMap { Scope($0) }
        case .array(let nodes):
            nodes.compactMap { if case .string(let word) = $0.value { Scope(word) } else { nil } }
        case .null, .boolean, .number, .object: []
        case nil: database.map { [.database($0)] } ?? []
        }
    }
}

extension UInt8 {
    fileprivate var isASCIIAlphanumeric: Bool {
        (self | 0x20) &- UInt8(ascii: "a") < 26 || self &- UInt8(ascii: "0") < 10
    }
}
