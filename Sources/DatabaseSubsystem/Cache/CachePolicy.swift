/// How long the results of a template may be served again.
package struct CachePolicy: Sendable, Hashable {
    /// How long a result counts as fresh; more than zero.
    package let lifetime: Duration
    /// How long after that it may still be served while it is read anew.
    package let staleWhileRevalidate: Duration
    /// How long after its lifetime, or after a change of its tables, it may be served in the place of an error.
    package let staleIfError: Duration

    /// A policy.
    package init(lifetime: Duration, staleWhileRevalidate: Duration = .zero, staleIfError: Duration = .zero) {
        self.lifetime = lifetime
        self.staleWhileRevalidate = staleWhileRevalidate
        self.staleIfError = staleIfError
    }
}

/// What a caller wishes of the cache.
package enum CacheUse: Sendable, Hashable {
    /// A fresh result that was kept is welcome.
    case allowed
    /// The database is asked, and the result kept for others.
    case refreshed
    /// The database is asked, and nothing is kept.
    case bypassed
}

/// How the answer to a cacheable query came about.
package struct CacheNote: Sendable, Hashable {
    /// Where the rows come from.
    package enum Source: String, Sendable, Hashable, CaseIterable {
        /// From the cache, within the lifetime.
        case hit
        /// From the database, for this caller.
        case miss
        /// From the cache, past the lifetime, as the policy allows.
        case stale
        /// From the database, for another caller who asked the same at the same time.
        case coalesced
    }

    /// Where the rows come from.
    package let source: Source
    /// How long ago they were read.
    package let age: Duration
    /// How old they may become.
    package let lifetime: Duration
    /// A fingerprint of the rows: 16 hexadecimal digits.
    package let tag: String
}
