/// Which failed attempts of one outage operators hear of: the first, every one with another reason, and one a minute.
struct FailureNotices {
    /// How often the same failure is told again.
    static let interval = Duration.seconds(60)

    private var told: (reason: String, at: ContinuousClock.Instant)?
    private var untold = 0

    /// An attempt has failed.
    ///
    /// Returns how many before it failed alike since the last one that was told; `nil` when this one need not be told.
    mutating func attemptFailed(_ error: DatabaseError, now: ContinuousClock.Instant) -> Int? {
        let reason = String(reflecting: error)
        guard let told, told.reason == reason else {
            told = (reason, now)
            untold = 0
            return 0
        }
        guard told.at.duration(to: now) >= Self.interval else {
            untold += 1
            return nil
        }
        defer {
            self.told = (reason, now)
            untold = 0
        }
        return untold
    }

    /// An attempt has succeeded: the next failure is of another outage.
    mutating func reset() {
        self = FailureNotices()
    }
}
