import HydrogenCore
import NIOCore
import Synchronization

/// Brings news of stored messages to those who wait, from this server to others and back: as hints, which may be lost.
///
/// Many pushes are told by one statement, and many hints are followed by one look.
final class NewsExchange: Sendable {
    /// Whether a statement runs, and whether another is to follow it.
    private struct Turn {
        var isTaken = false
        var isWantedAgain = false

        /// Whether the caller is to run the statement.
        mutating func take() -> Bool {
            isWantedAgain = isTaken
            defer { isTaken = true }
            return !isTaken
        }

        /// The statement has ended. Returns whether it is to run again.
        mutating func ended() -> Bool {
            isTaken = isWantedAgain
            defer { isWantedAgain = false }
            return isTaken
        }
    }

    private struct State {
        var others = 0
        var telling = Turn()
        var looking = Turn()
    }

    private let store: QueueStore
    private let room: WaitingRoom
    private let server = QueueUUID()
    private let state = Mutex(State())

    init(_ store: QueueStore, _ room: WaitingRoom) {
        self.store = store
        self.room = room
    }

    // MARK: Telling

    /// Tells other servers that something was stored, if there are others.
    func tellOthers() {
        guard state.withLock({ $0.others > 0 && $0.telling.take() }) else { return }
        tell()
    }

    private func tell() {
        store.run(.notify, []) { [self] _ in
            if state.withLock({ $0.telling.ended() }) { tell() }
        }
    }

    /// Says that this server is there, and counts the others.
    func sayPresent() async {
        guard let row = try? await store.rows(.present, [server.description]).first,
            let count = Int(String(buffer: row))
        else { return }
        let isNews = state.withLock { state in
            defer { state.others = count }
            return count != state.others
        }
        // The others are to learn at once that there is one more.
        if isNews { tellOthers() }
    }

    /// Says that this server is gone; within a second, or not at all: others find out.
    func sayAbsent() async { _ = try? await store.rows(.absent, [server.description], timeLimit: .seconds(1)) }

    // MARK: Looking

    /// Looks for those who wait whether there is something for them.
    func look() {
        guard room.isOccupied, state.withLock({ $0.looking.take() }) else { return }
        lookNow()
    }

    private func lookNow() {
        let places = room.places
        let values = [
            ArrayLiteral(places.map(\.queue)).text, ArrayLiteral(places.map(\.partition)).text,
            ArrayLiteral(places.map(\.namespace)).text, ArrayLiteral(places.map(\.task)).text,
            ArrayLiteral(places.map(\.group)).text,
        ]
        store.run(.news, values) { [self] result in
            for row in (try? result.get()) ?? [] {
                guard let number = Int(String(buffer: row)), places.indices.contains(number - 1) else { continue }
                room.wake(places[number - 1])
            }
            if state.withLock({ $0.looking.ended() }) { lookNow() }
        }
    }
}
