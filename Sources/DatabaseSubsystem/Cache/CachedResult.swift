import NIOCore

/// A result that is kept: what one query with certain values returned at one moment.
final class CachedResult: Sendable {
    /// Which result it is.
    struct Key: Hashable, Sendable {
        let query: QueryID
        /// The template's content: a changed one has other results.
        let fingerprint: UInt64
        let values: [ParameterValue]
        let format: RowFormat

        /// What the key takes in memory, about.
        fileprivate var bytes: Int {
            values.reduce(64) { sum, value in
                if case .text(let text) = value.content { sum + 48 + text.utf8.count } else { sum + 48 }
            }
        }
    }

    let rows: QueryRows
    let queue: QueueLabel
    let executionTime: Duration
    /// When it was asked for: no row is older.
    let readAt: ContinuousClock.Instant
    /// The state of its tables before it was read.
    let stamp: UInt64
    /// A fingerprint of the rows.
    let tag: String
    /// What it takes in memory, about.
    let bytes: Int

    init(_ answer: QueryAnswer, for key: Key, readAt: ContinuousClock.Instant, stamp: UInt64) {
        // What grew while it was encoded has room to spare.
        var body = ByteBuffer()
        body.reserveCapacity(answer.rows.body.readableBytes)
        body.writeImmutableBuffer(answer.rows.body)
        var rows = answer.rows
        rows.body = body
        var hash = ContentHash()
        hash.combine(body.readableBytesView)
        hash.combine([key.format.rawValue, rows.isTruncated ? 1 : 0])
        self.rows = rows
        self.queue = answer.queue
        self.executionTime = answer.executionTime
        self.readAt = readAt
        self.stamp = stamp
        self.tag = hash.hexadecimal
        self.bytes = body.readableBytes + key.bytes + 256
    }

    /// The answer to a caller.
    func answer(_ source: CacheNote.Source, now: ContinuousClock.Instant, policy: CachePolicy) -> QueryAnswer {
        let note = CacheNote(source: source, age: readAt.duration(to: now), lifetime: policy.lifetime, tag: tag)
        return QueryAnswer(rows: rows, queue: queue, executionTime: executionTime, cache: note)
    }
}
