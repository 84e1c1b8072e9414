import DatabaseSubsystem
package import HydrogenCore
package import NIOCore

/// What operators ask and do.
extension MessageQueue {
    /// Makes a report.
    ///
    /// - Parameter given: What a request has under a name.
    /// - Throws: `malformed` for parameters that cannot be, `notFound` when what it is about does not exist.
    package func report(_ report: OperatorReport, _ given: (String) -> JSONValue?) async throws(QueueFault)
        -> ByteBuffer
    {
        let request = try report.request(given)
        let store = try store()
        let rows: [ByteBuffer]
        do throws(DatabaseError) {
            rows = try await store.repeating { () async throws(DatabaseError) in try await store.rows(report, request) }
        } catch {
            throw QueueFault(error)
        }
        // There may be something to hand out now.
        if report.shape.writes { room.wakeAll() }
        if let row = rows.first { return report.shape.hasPayloads ? vault.openedReport(row) : row }
        throw .notFound(report.shape.missing)
    }

    /// Keeps the totals of queues now and then, for reports on what has happened. Runs until cancelled.
    func keepHistory(every interval: Duration) async {
        while !Task.isCancelled {
            try? await clock.sleep(for: interval)
            guard let store = try? store() else { continue }
            // What cannot be kept now is part of the next row.
            _ = try? await store.rows(.sample, [])
        }
    }
}

extension OperatorReport {
    /// What the function of the schema takes: a JSON object of what was given, checked.
    func request(_ given: (String) -> JSONValue?) throws(QueueFault) -> String {
        let shape = shape
        var members: [String: String] = [:]
        for parameter in shape.parameters { members[parameter.name] = try parameter.text(given(parameter.name)) }
        guard shape.oneOf.isEmpty || shape.oneOf.contains(where: { ![nil, "false"].contains(members[$0]) }) else {
            throw .malformed("give \(shape.oneOf.joined(separator: " or "))")
        }
        return
            "{\(members.sorted { $0.key < $1.key }.map { "\($0.key.jsonQuoted):\($0.value)" }.joined(separator: ","))}"
    }
}
