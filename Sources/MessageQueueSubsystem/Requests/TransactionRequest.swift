package import HydrogenCore

/// Pushes and acknowledgements that take effect together, or not at all.
package struct TransactionRequest: Sendable, Hashable {
    /// One operation.
    package enum Operation: Sendable, Hashable {
        case push([PushItem])
        case acknowledge(Acknowledgement)
    }

    /// The operations, in order.
    package var operations: [Operation]
    /// Leases that must be held still.
    package var requiredLeases: [QueueUUID]

    /// Reads the body of a transaction.
    package init(_ body: JSONNode, producer: String? = nil) throws(QueueFault) {
        let nodes = try body.array("operations", or: "operations array required")
        guard !nodes.isEmpty else { throw .malformed("operations array cannot be empty") }
        operations = try nodes.map { node throws(QueueFault) in try Operation(node, producer: producer) }
        requiredLeases = []
        guard body.member("requiredLeases") != nil else { return }
        for node in try body.array("requiredLeases", or: "requiredLeases must be an array") {
            guard case .string(let text) = node.value, let lease = QueueUUID(text) else {
                throw .malformed("requiredLeases must be an array of UUIDs")
            }
            requiredLeases.append(lease)
        }
    }

    /// All messages, each with the number of its operation.
    var pushes: [(operation: Int, item: PushItem)] {
        operations.enumerated().flatMap { index, operation -> [(operation: Int, item: PushItem)] in
            guard case .push(let items) = operation else { return [] }
            return items.map { (index, $0) }
        }
    }

    /// All acknowledgements, each with the number of its operation.
    var acknowledgements: [(operation: Int, item: Acknowledgement)] {
        operations.enumerated().compactMap { index, operation -> (operation: Int, item: Acknowledgement)? in
            guard case .acknowledge(let acknowledgement) = operation else { return nil }
            return (index, acknowledgement)
        }
    }
}

extension TransactionRequest.Operation {
    fileprivate init(_ node: JSONNode, producer: String?) throws(QueueFault) {
        let type = try node.text("type", or: "type must be a string")
        switch type {
        case "push"?: self = .push(try PushRequest(node, producer: producer).items)
        case "ack"?: self = .acknowledge(try Acknowledgement(node, group: nil))
        default: throw .malformed("Unknown operation type: \(type ?? "none")")
        }
    }
}
