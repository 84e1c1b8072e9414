import DatabaseSubsystem
package import HydrogenCore

/// What is looked at before the queue is launched.
extension MessageQueueSubsystem {
    private var connection: ConnectionConfiguration? {
        databases.configuration.connections.first { $0.name == configuration.database }
    }

    var databaseFinding: Finding {
        let name = configuration.database
        guard let connection else {
            let names = databases.configuration.connections.map(\.name).joined(separator: ", ")
            return .noGo("MessageQueue.Database is \(name), which is none of Databases.Connections (\(names))")
        }
        guard connection.isEnabled else { return .noGo("MessageQueue.Database is \(name), which is not enabled") }
        guard connection.kind.name == "postgresql" else {
            return .noGo(
                "MessageQueue.Database is \(name), which is \(connection.kind.title); the queue needs PostgreSQL"
            )
        }
        return .go("queues are kept in \(name)")
    }

    var bufferFindings: [Finding] {
        guard let directory = configuration.buffer.directory else { return [] }
        if let obstacle = BufferFolder(path: directory).obstacle {
            return [.noGo("MessageQueue.Buffer.Directory: \(obstacle)")]
        }
        return [.go("pushes are kept in \(directory) while the database is away")]
    }

    /// Whether the database's medium connections, which statements of the queue go over, are as many as are used at once.
    var connectionFinding: Finding {
        let name = configuration.database
        guard let connection else {
            return .go("no connection to look at")
        }
        let most = connection.queues[.medium]?.maximum ?? 0
        guard most > 0 else {
            return .noGo(
                "Queues.Medium.Max of \(name) is 0, and the message queue's statements go over medium connections"
            )
        }
        let listener = "one more connection listens for notifications"
        let wanted = configuration.maximumConcurrency
        guard most >= wanted else {
            return .go(
                "at most \(most) statements at once, as Queues.Medium.Max of \(name) is less than MaxConcurrency (\(wanted)); \(listener)"
            )
        }
        return .go("at most \(wanted) statements of a kind at once over \(most) medium connections; \(listener)")
    }

    package var startupFacts: [StartupFact] {
        guard queue != nil else { return [] }
        let buffer = configuration.buffer.directory.map { "; pushes while it is away in \($0)" } ?? ""
        return [StartupFact("Message queue", "in \(configuration.database)\(buffer)")]
    }

    package var landingChecks: [ReadinessCheck] {
        [
            .single("what waits") { [self] in
                let kept = queue?.bufferStatus.map { "; \($0.messages) messages in files" } ?? ""
                return .go("\(queue?.waitingCount ?? 0) pops wait for a message\(kept)")
            }
        ]
    }
}
