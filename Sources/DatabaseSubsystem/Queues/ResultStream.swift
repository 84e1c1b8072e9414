package import NIOCore
import Synchronization

/// Carries a large result from the thread that reads it to its caller, with a bounded part of it under way.
///
/// Small results never come here: only once ``firstChunkBytes`` are encoded and more rows follow, the part that is ready is
/// handed over, and from then on each ``chunkBytes``. The reader's thread waits while ``window`` bytes have not been taken.
package final class ResultStream: Sendable {
    /// How much is encoded before a result becomes a stream: up to this size a response has its length and its status is final.
    package static let firstChunkBytes = 256 << 10
    /// How much each later chunk has at least.
    static let chunkBytes = 64 << 10
    /// The most bytes under way.
    static let window = 1 << 20
    /// How long the caller may take nothing at all before it is given up: its DQM serves nobody else meanwhile.
    static let patience = Duration.seconds(30)

    private struct State {
        /// Made with the first chunk: most results need none.
        var taken: WakeupSignal?
        var bytesUnderWay = 0
    }

    /// Takes each chunk, in order, on the reader's thread; it must not block, and says ``consumed(_:)`` later.
    package typealias Deliver = @Sendable (ResultStream, ByteBuffer) -> Void

    private let state = Mutex(State())
    private let deliver: Deliver

    /// A stream that has not begun.
    init(deliver: @escaping Deliver) {
        self.deliver = deliver
    }

    /// Whether a part has been handed over: then an error can no longer be told in the response's status.
    private var hasBegun: Bool { state.withLock { $0.taken != nil } }

    /// How many encoded bytes make the next chunk.
    var threshold: Int { hasBegun ? Self.chunkBytes : Self.firstChunkBytes }

    /// A chunk has left for the client, or never will.
    package func consumed(_ bytes: Int) {
        state.withLock { state in
            state.bytesUnderWay -= bytes
            return state.taken
        }?.raise()
    }

    /// Lets the reader look whether it is to stop.
    func wake() {
        state.withLock { $0.taken }?.raise()
    }

    /// Hands a chunk over, then waits until the next one may come. Blocks; called on the reader's thread.
    ///
    /// - Throws: `deadlineExceeded` when the query was stopped, or the caller does not take the result; `unavailable` when the process has
    ///   no descriptor left.
    func write(_ chunk: ByteBuffer, of query: QueuedQuery) throws(DatabaseError) {
        let known = state.withLock { $0.taken }
        let taken = if let known { known } else { try WakeupSignal() }
        state.withLock { state in
            state.taken = taken
            state.bytesUnderWay += chunk.readableBytes
        }
        deliver(self, chunk)
        try wait(taken, for: query, bytes: chunk.readableBytes)
    }

    /// Hands a chunk over and does not wait, for a reader that serves others meanwhile: it looks at ``hasRoom`` before the next.
    ///
    /// - Parameter taken: Raised when a chunk has been taken, and when the reader is to stop.
    func offer(_ chunk: ByteBuffer, waking taken: WakeupSignal) {
        state.withLock { state in
            state.taken = taken
            state.bytesUnderWay += chunk.readableBytes
        }
        deliver(self, chunk)
    }

    /// Whether the caller has taken enough for another chunk.
    var hasRoom: Bool { state.withLock { $0.bytesUnderWay <= Self.window } }

    private func wait(_ taken: WakeupSignal, for query: QueuedQuery, bytes: Int) throws(DatabaseError) {
        var bytes = bytes
        var stalledAt = ContinuousClock.now + Self.patience
        while true {
            let underWay = state.withLock { $0.bytesUnderWay }
            guard query.stopReason == nil else { throw .notTaken }
            guard underWay > Self.window else { return }
            let now = ContinuousClock.now
            if underWay < bytes { stalledAt = now + Self.patience }
            bytes = underWay
            let left = now.duration(to: min(query.deadline, stalledAt))
            guard left > .zero else { throw .notTaken }
            taken.wait(atMost: left)
        }
    }
}
