import CDatabaseClients
import HydrogenCore
import Synchronization

/// Stops what one session runs: by `KILL QUERY`, over another connection to the same server.
///
/// Unsafe 1: everything in it is either immutable or atomic; the target's name and the settings are values.
final class MySQLInterrupter: EngineInterrupter, @unchecked Sendable {
    private let connector: MySQLConnector
    private let target: MySQLConnector.Target
    private let session: UInt

    private let underWay = Atomic<Int>(0)
    private let wasUsed = Atomic<Bool>(false)

    /// How long a request may take, from its connection to its answer.
    private static let limit = Duration.seconds(2)

    /// - Parameters:
    ///   - target: The server that has the session.
    ///   - session: What the server calls it.
    init(_ connector: MySQLConnector, _ target: MySQLConnector.Target, session: UInt) {
        self.connector = connector
        self.target = target
        self.session = session
    }

    /// Whether no request is under way: nothing that was asked so far can hit a later query.
    var isQuiet: Bool { underWay.load(ordering: .acquiring) == 0 }

    /// Whether anything was asked since the last call.
    func takeWasUsed() -> Bool { wasUsed.exchange(false, ordering: .acquiringAndReleasing) }

    /// Sends the request on a thread of its own, and waits there for the answer: by then the server has marked the session.
    func interrupt(_ ended: @escaping @Sendable () -> Void) {
        underWay.add(1, ordering: .acquiringAndReleasing)
        wasUsed.store(true, ordering: .releasing)
        let end: @Sendable () -> Void = { [self] in
            underWay.subtract(1, ordering: .acquiringAndReleasing)
            ended()
        }
        do throws(DatabaseError) {
            try WorkerThread.start(named: "kill") { [self] in
                send()
                end()
            }
        } catch {
            // Without a thread nothing is sent: the server's own time limit ends the query.
            end()
        }
    }

    private func send() {
        // A failure means that the session is gone, or that the network is: its owner finds out.
        guard let handle = try? connector.connect(to: target, as: "Hydrogen kill", within: Self.limit) else { return }
        var patience = MySQLPatience(silence: nil, within: Self.limit, .never)
        _ = try? handle.query("KILL QUERY \(session)", &patience)
        handle.close()
    }
}
