/// Tokens that have been checked, so that each is checked once and not at every request. Bounded: the older half is forgotten.
struct VerifiedTokens {
    /// The most that one half takes in memory, in bytes, as far as it can be told.
    private static let capacity = 2 << 20
    /// What one takes beside its text, and its claims, which are that long again.
    private static let overhead = 512

    private var generation = 0
    private var bytes = 0
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
        bytes += token.utf8.count * 2 + Self.overhead
        if bytes > Self.capacity {
            (older, newer) = (newer, [:])
            bytes = 0
        }
        newer[token] = verified
    }
}
