import NIOCore
import Synchronization

/// Brings what comes from the network, on event loops, to the thread of the connection that asked.
final class AIInbox: Sendable {
    /// Something that came for a request.
    struct Letter: Sendable {
        enum Content: Sendable {
            /// A piece of a reply that is read while it comes; the next one comes once the promise is kept.
            case piece(ByteBuffer, EventLoopPromise<Void>)
            /// The reply is complete.
            case reply(AIReply)
            /// There will be no reply, or no more of it.
            case failure(any Error, wasSent: Bool)
        }

        /// The request's ticket.
        let ticket: EndpointGate.Ticket
        let content: Content

        /// Lets the rest come, for nobody.
        func drop() {
            if case .piece(_, let promise) = content { promise.succeed() }
        }
    }

    /// Raised with each letter.
    let bell: WakeupSignal

    /// `nil` once closed.
    private let letters = Mutex<[Letter]?>([])

    init() throws(DatabaseError) {
        bell = try WakeupSignal()
    }

    /// Brings a letter.
    func put(_ letter: Letter) {
        let isTaken = letters.withLock { letters in
            letters?.append(letter)
            return letters != nil
        }
        if isTaken { bell.raise() } else { letter.drop() }
    }

    /// What came since the last call.
    func take() -> [Letter] {
        letters.withLock { letters in
            guard let came = letters else { return [] }
            letters = []
            return came
        }
    }

    /// Takes no more.
    func close() {
        let left = letters.withLock { letters in
            defer { letters = nil }
            return letters ?? []
        }
        for letter in left { letter.drop() }
    }
}
