import DatabaseSubsystem

/// What a failure of a statement that stores messages means for them.
enum PushFailure: Sendable, Hashable {
    /// The database is away, or nobody knows whether it did it: the same push will do later, and stores nothing twice.
    case outage
    /// The database refuses these messages for what they are, whenever they come.
    case content
    /// Anything else: somebody stands in the way, or something of the database must be mended. It is not the messages' fault.
    case other

    /// Classes of SQLSTATE that speak of the values: data exception, integrity constraint violation, program limit exceeded.
    /// Source: PostgreSQL manual, appendix A.
    private static let ofContent: Set<Substring> = ["22", "23", "54"]

    init(_ error: DatabaseError) {
        if error.isOutcomeUnknown {
            self = .outage
            return
        }
        switch error.code {
        case .unavailable, .starting, .landing, .deadlineExceeded, .readOnly: self = .outage
        case .refused where error.sqlState == QueueStore.wantsEncryption:
            // Whoever has a key has encrypted them by now.
            self = .content
        case .refused:
            self = error.sqlState.map { Self.ofContent.contains($0.prefix(2)) } ?? false ? .content : .other
        case .busy, .queueFull, .cancelled, .libraryMissing, .resultTooLarge, .outgrown, .migration: self = .other
        }
    }
}
