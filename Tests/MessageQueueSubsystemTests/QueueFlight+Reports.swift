import HydrogenCore
import NIOCore

@testable import MessageQueueSubsystem

extension QueueFlight {
    /// Makes a report on the flight's queue, unless another is named.
    func report(_ report: OperatorReport, _ given: [String: String] = [:]) async throws -> JSONNode {
        let given = given.merging(["queue": name]) { own, _ in own }
        return try Self.node(String(buffer: try await queue.report(report) { given[$0].map { .string($0) } }))
    }

    /// The six counts of the queue, in their order.
    func counts() async throws -> [Int] {
        let totals = try await report(.queue)["totals"]
        return ["total", "pending", "processing", "completed", "failed", "deadLetter"].map { totals?[$0]?.number ?? -1 }
    }

    /// The id of a partition.
    func partitionID(_ partition: String = "Default") async throws -> String {
        let partitions = try await report(.queue)["partitions"]?.elements ?? []
        return partitions.first { $0["name"]?.text == partition }?["id"]?.text ?? ""
    }

    /// What names a message in requests.
    func message(_ transaction: String) async throws -> [String: String] {
        ["partition": try await partitionID(), "transaction": transaction]
    }
}

extension JSONNode {
    subscript(name: String) -> JSONNode? { value[name] }
    var text: String? { if case .string(let text) = value { text } else { nil } }
    var number: Int? { if case .number(let literal) = value { Int(literal) } else { nil } }
    var elements: [JSONNode] { if case .array(let nodes) = value { nodes } else { [] } }

    /// The texts that the elements of an array have under a name.
    func texts(_ name: String) -> [String] { elements.map { $0[name]?.text ?? "" } }
}
