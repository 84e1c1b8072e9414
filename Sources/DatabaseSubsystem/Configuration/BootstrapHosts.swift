import HydrogenCore

/// Which database gets its queries from which: each comes after its host.
struct BootstrapHosts {
    /// The hosts by the names of those who need them.
    private let hosts: [String: String]

    init(_ connections: [ConnectionConfiguration]) {
        let pairs = connections.compactMap { connection in
            connection.queries.host.map { (connection.name, $0.host) }
        }
        hosts = Dictionary(pairs) { first, _ in first }
    }

    /// The way from a database over its hosts back to itself, both ends named; `nil` when there is none.
    func cycle(from name: String) -> [String]? {
        var way = [name]
        while let last = way.last, let host = hosts[last], host != name {
            guard !way.contains(host) else { return nil }
            way.append(host)
        }
        return way.last.flatMap { hosts[$0] } == name ? way + [name] : nil
    }

    /// How many hosts come before a database. Of hosts that form a cycle there is an end, too.
    func depth(of name: String) -> Int {
        var seen: Set<String> = [name]
        var next = hosts[name]
        while let host = next, seen.insert(host).inserted { next = hosts[host] }
        return seen.count - 1
    }

    /// Notes what is wrong with the hosts that connections name.
    static func judge(_ connections: [(connection: ConnectionConfiguration, reader: ConfigurationReader)]) {
        let names = connections.map(\.connection.name)
        let order = BootstrapHosts(connections.map(\.connection))
        var told: Set<String> = []
        for (connection, reader) in connections {
            guard let host = connection.queries.host?.host, !host.isEmpty else { continue }
            let fault = { (expected: String, got: String, suggestion: String?) in
                reader.optionalSection("Bootstrap") { section in
                    section.acceptAll()
                    section.fault("Host", expected: expected, got: got, suggestion: suggestion)
                }
            }
            if host == connection.name {
                fault("another connection than this one", host.jsonQuoted, nil)
            } else if let cycle = order.cycle(from: connection.name) {
                guard told.isDisjoint(with: cycle) else { continue }
                told.formUnion(cycle)
                fault("hosts that do not need each other", cycle.joined(separator: " -> "), nil)
            } else if let there = connections.first(where: { $0.connection.name == host })?.connection {
                guard connection.isEnabled, !there.isEnabled else { continue }
                fault("a connection that is enabled", "\(host.jsonQuoted), whose Enabled is false", nil)
            } else {
                let others = names.filter { $0 != connection.name }
                let nearest = NearestName.find(host, among: others)?.jsonQuoted
                fault("the Name of another connection", host.jsonQuoted, nearest)
            }
        }
    }
}
