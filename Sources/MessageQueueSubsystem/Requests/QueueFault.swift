import DatabaseSubsystem

/// Why an operation of the message queue was not done.
package enum QueueFault: Error, Sendable, Hashable {
    /// The request is malformed; what is wrong with it.
    case malformed(String)
    /// What it names does not exist.
    case notFound(String)
    /// A transaction was rolled back; which of its operations failed, and why.
    case rolledBack(String)
    /// The queue cannot work at present: its database starts or is away, or the queue is landing.
    case unavailable(String, retryAfter: Duration?)
    /// Nobody waits for the outcome any more.
    case cancelled
    /// The database refused what it should have taken.
    case failed(String)
}

extension QueueFault {
    /// What a failure of the database means to a caller. What the database said of data is not shown.
    init(_ error: DatabaseError) {
        if error.sqlState == QueueStore.wantsEncryption {
            self = .failed("the queue is encrypted, and MessageQueue.EncryptionKey of this server is not set")
            return
        }
        switch error.code {
        case .cancelled: self = .cancelled
        case .unavailable, .busy, .queueFull, .landing, .starting, .deadlineExceeded:
            self = .unavailable(error.message, retryAfter: error.retryAfter ?? .seconds(1))
        case .libraryMissing, .refused, .readOnly, .resultTooLarge, .outgrown, .migration: self = .failed(error.message)
        }
    }
}
