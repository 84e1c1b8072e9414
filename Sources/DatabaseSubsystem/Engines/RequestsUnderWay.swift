import Synchronization

/// Requests to stop what a session runs, each on a thread of its own, as it opens a connection and waits for the server.
final class RequestsUnderWay: Sendable {
    private let count = Atomic<Int>(0)

    /// Whether no request is under way: nothing that was asked so far can hit a later query.
    var isQuiet: Bool { count.load(ordering: .acquiring) == 0 }

    /// Sends a request.
    ///
    /// - Parameters:
    ///   - name: The thread's.
    ///   - ended: Called once, when the request can no longer hit a later query.
    ///   - send: Sends the request and waits for the answer: by then the server has marked the session. Blocks.
    func start(named name: String, then ended: @escaping @Sendable () -> Void, _ send: @escaping @Sendable () -> Void) {
        count.add(1, ordering: .acquiringAndReleasing)
        let end: @Sendable () -> Void = { [self] in
            count.subtract(1, ordering: .acquiringAndReleasing)
            ended()
        }
        do throws(DatabaseError) {
            try WorkerThread.start(named: name) {
                send()
                end()
            }
        } catch {
            // Without a thread nothing is sent: the server's own time limit ends the query.
            end()
        }
    }

    /// Waits until none is under way. Returns whether that came in time.
    func waitUntilQuiet(atMost limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        while !isQuiet {
            guard ContinuousClock.now < deadline else { return false }
            ServerPatience.pause()
        }
        return true
    }
}
