package import HydrogenCore

/// The `Databases` section.
package struct DatabasesConfiguration: Sendable {
    /// How often each Lead beats.
    package let heartbeatInterval: Duration
    /// How long the queues of a type are empty before a child beyond the minimum is given up.
    package let scaleDownHold: Duration
    /// The databases, in the order of the file, disabled ones included.
    package let connections: [ConnectionConfiguration]

    /// Reads the section.
    ///
    /// - `HeartbeatIntervalSeconds`: default 30, 1 to 3,600.
    /// - `ScaleDownAfterSeconds`: default 30, 1 to 86,400.
    /// - `ConnectionCount`: how many connections the list may have. Default 5, 1 to 64.
    /// - `DefaultWorkers`: the `Max` of a queue that names none. Default 2, 1 to 64.
    /// - `MaxChildQueues`: the most children of one Lead. Default 10, 0 to 256.
    /// - `MaxConnectionsPerPool`: the most connections of one database, the Lead's included. Default 16, 1 to 257.
    /// - `Connections`: see ``ConnectionConfiguration``. Default: none.
    package init(_ reader: ConfigurationReader) {
        heartbeatInterval = reader.value("HeartbeatIntervalSeconds", .seconds(1...3600), default: .seconds(30))
        scaleDownHold = reader.value("ScaleDownAfterSeconds", .seconds(1...86_400), default: .seconds(30))
        let limits = QueueLimits.Bounds(
            defaultMaximum: reader.value("DefaultWorkers", .integer(1...64), default: 2),
            children: reader.value("MaxChildQueues", .integer(0...256), default: 10),
            connections: reader.value("MaxConnectionsPerPool", .integer(1...257), default: 16)
        )
        let connectionCount = reader.value("ConnectionCount", .integer(1...64), default: 5)
        var names: Set<String> = []
        let read = reader.list("Connections") { reader in
            let connection = ConnectionConfiguration(reader, bounds: limits)
            if !names.insert(connection.name).inserted {
                reader.fault("Name", expected: "a name that no other connection has", got: connection.name.jsonQuoted)
            }
            return (connection: connection, reader: reader)
        }
        BootstrapHosts.judge(read)
        connections = read.map(\.connection)
        if connections.count > connectionCount {
            reader.fault(
                "Connections",
                expected: "at most ConnectionCount = \(connectionCount) connections",
                got: "\(connections.count)",
                suggestion: "raise ConnectionCount"
            )
        }
    }
}
