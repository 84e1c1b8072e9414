/// The line that each Lead logs at every heartbeat.
struct Heartbeat: Sendable, Hashable {
    /// The Lead.
    let label: QueueLabel
    /// Whether the Lead has a connection.
    let isConnected: Bool
    /// How many of the database's DQMs have one.
    let connections: Int
    /// Queries that all DQMs have answered since launch.
    let processed: Int

    init(label: QueueLabel, isConnected: Bool, connections: Int, processed: Int) {
        self.label = label
        self.isConnected = isConnected
        self.connections = connections
        self.processed = processed
    }

    /// The state of a database at this moment.
    init(of database: Database) {
        let queues = database.queues
        self.init(
            label: database.lead.label,
            isConnected: database.lead.isConnected,
            connections: queues.count { $0.isConnected },
            processed: database.statistics.processed
        )
    }

    /// The line, in the form that operators know.
    var line: String {
        isConnected
            ? "\(label) [Connected] - Active connections: \(connections), Queries processed: \(processed)"
            : Self.reconnecting(label)
    }

    /// The line of a Lead without a connection.
    static func reconnecting(_ label: QueueLabel) -> String {
        "\(label) [Reconnecting] - Connection lost, attempting to reconnect..."
    }
}
