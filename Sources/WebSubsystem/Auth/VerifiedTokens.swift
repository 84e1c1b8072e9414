/// Tokens that have been checked, so that each is checked once and not at every request. Bounded: the older half is forgotten.
struct VerifiedTokens {
    /// The most tokens of one half.
    private static let capacity = 4096

    private var generation = 0
    private var newer: [String: TokenVerifier.Verified] = [:]
    private var older: [String: TokenVerifier.Verified] = [:]

    /// Whom a token has proved.
    ///
    /// - Parameters:
    ///   - generation: Of the keys in use: what others have proved is forgotten.
    ///   - now: Seconds since 1970.
    func caller(_ token: String, generation: Int, now: Double) -> Caller? {
        guard generation == self.generation, let known = newer[token] ?? older[token], now < known.expiresAt else {
            return nil
        }
        return known.caller
    }

    /// Remembers a token.
    mutating func remember(_ token: String, _ verified: TokenVerifier.Verified, generation: Int) {
        if generation != self.generation { self = VerifiedTokens() }
        self.generation = generation
        if newer.count >= Self.capacity { (older, newer) = (newer, [:]) }
        newer[token] = verified
    }
}
