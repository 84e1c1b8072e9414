import CDatabaseClients
import HydrogenCore
import Synchronization

/// Stops what one session runs: by `KILL QUERY`, over another connection to the same server.
///
/// Unsafe 1: everything in it is immutable, atomic or behind a lock; the target's name and the settings are values.
final class MySQLInterrupter: EngineInterrupter, @unchecked Sendable {
    private let connector: MySQLConnector
    private let target: MySQLConnector.Target
    private let session: UInt
    private let wire: MySQLWire

    /// The requests so far.
    let requests = RequestsUnderWay()
    private let wasUsed = Atomic<Bool>(false)
    private let lastFailed = Atomic<Bool>(false)
    private let lastAnswer = Mutex<ContinuousClock.Instant?>(nil)

    /// How long a request may take, from its connection to its answer.
    static let limit = Duration.seconds(3)

    /// - Parameters:
    ///   - target: The server that has the session.
    ///   - session: What the server calls it.
    ///   - wire: The session's connection.
    init(_ connector: MySQLConnector, _ target: MySQLConnector.Target, session: UInt, wire: MySQLWire) {
        self.connector = connector
        self.target = target
        self.session = session
        self.wire = wire
    }

    /// Ends the connection: the call that waits or reads there returns.
    func cut() { wire.cut() }

    /// Whether the server answers requests: then the session may take its time to undo what it has been told to stop.
    var showsLife: Bool {
        guard !lastFailed.load(ordering: .acquiring) else { return false }
        guard requests.isQuiet else { return true }
        return lastAnswer.withLock { $0.map { $0.duration(to: .now) < ServerPatience.grace } ?? false }
    }

    /// Whether anything was asked since the last call.
    func takeWasUsed() -> Bool { wasUsed.exchange(false, ordering: .acquiringAndReleasing) }

    /// Sends the request, and waits for the answer: by then the server has marked the session.
    func interrupt(_ ended: @escaping @Sendable () -> Void) {
        wasUsed.store(true, ordering: .releasing)
        requests.start(named: "kill", then: ended) { [self] in send() }
    }

    private func send() {
        do throws(DatabaseError) {
            let handle = try connector.connect(to: target, as: "Hydrogen kill", within: Self.limit)
            defer { handle.close() }
            var patience = MySQLPatience(silence: nil, within: Self.limit, .never)
            // Refused is an answer, too: the session is gone.
            _ = try handle.query("KILL QUERY \(session)", &patience)
            lastAnswer.withLock { $0 = .now }
            lastFailed.store(false, ordering: .releasing)
        } catch {
            // The server cannot be reached: who waits for it finds out.
            lastFailed.store(true, ordering: .releasing)
        }
    }
}
