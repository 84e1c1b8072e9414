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
