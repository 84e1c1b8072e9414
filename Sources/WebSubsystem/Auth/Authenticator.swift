import DatabaseSubsystem
import Glibc
import HydrogenCore
import Synchronization

/// Finds out who asks, from what a request shows. Does not block: also the fast lane asks it.
final class Authenticator: Sendable {
    private let isOn: Bool
    private let keys: [String: Caller]
    private let source: KeySource?
    private let verifier: TokenVerifier?
    private let verified = Mutex(VerifiedTokens())
    private let now: @Sendable () -> Double

    /// - Parameters:
    ///   - source: Where the keys of tokens are; `nil` when no tokens are taken.
    ///   - now: Seconds since 1970.
    init(
        _ configuration: AuthConfiguration,
        source: KeySource?,
        now: @escaping @Sendable () -> Double = Authenticator.wallClock
    ) {
        isOn = configuration.mode == .required
        let callers = configuration.keys.map { key in
            (key.digest, Caller(proof: .key, scopes: key.scopes, claims: key.claims, database: key.database))
        }
        keys = Dictionary(callers) { first, _ in first }
        self.source = source
        verifier = configuration.tokens.map(TokenVerifier.init)
        self.now = now
    }

    /// Who shows these credentials.
    ///
    /// - Throws: 401 for credentials that prove nothing, whatever was asked for: nobody becomes anonymous by a slip.
    func caller(_ credentials: Credentials) throws(WebError) -> Caller {
        guard isOn else { return .anonymous }
        switch credentials {
        case .none: return .anonymous
        case .unreadable(let what):
            throw WebError(.invalidCredentials, title: "Invalid Authorization header", what)
        case .key(let key): return try caller(key: key)
        case .token(let token): return try caller(token: token)
        }
    }

    private func caller(key: String) throws(WebError) -> Caller {
        guard let caller = keys[APIKey.digest(of: key)] else {
            throw WebError(.invalidCredentials, title: "Invalid API key", "no key of API.Auth.APIKeys is this one")
        }
        return caller
    }

    private func caller(token: String) throws(WebError) -> Caller {
        guard let verifier, let source else {
            throw WebError(.invalidCredentials, "this server takes no bearer tokens; send a key as X-API-Key")
        }
        // Tokens are remembered as texts, and those compare by their characters.
        guard token.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw WebError(.invalidCredentials, title: TokenFault.format("").title, "the bearer token is not ASCII")
        }
        guard let current = source.current else { throw .keysUnavailable }
        let now = now()
        let known = verified.withLock { $0.caller(token, generation: current.generation, now: now) }
        if let known { return known }
        do throws(TokenFault) {
            let new = try verifier.verify(token, keys: current.keys, revoked: current.revoked, now: now)
            verified.withLock { $0.remember(token, new, generation: current.generation) }
            return new.caller
        } catch {
            if error == .unknownKey, source.missed() { throw .keysUnavailable }
            throw WebError(.invalidCredentials, title: error.title, error.message)
        }
    }

    /// The time of day.
    static let wallClock: @Sendable () -> Double = {
        var moment = timespec()
        clock_gettime(CLOCK_REALTIME, &moment)
        return Double(moment.tv_sec) + Double(moment.tv_nsec) / 1e9
    }
}

extension WebError {
    /// The keys of tokens are not there, or not all of them.
    static let keysUnavailable = WebError(
        .keysUnavailable,
        "the keys that tokens are checked with are being fetched; retry, and if it lasts tell the operator"
    )
    .retrying(after: .seconds(1))
}
