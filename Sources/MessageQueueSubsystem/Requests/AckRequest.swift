package import HydrogenCore

/// What became of one message.
package struct Acknowledgement: Sendable, Hashable {
    package var transactionID: String
    package var partitionID: QueueUUID
    /// `completed`, `success`, `failed`, `dlq` or `retry`; of another one the answer says that nothing was done.
    package var status: String
    package var error: String?
    package var group: String
    package var lease: QueueUUID?

    /// Reads one.
    ///
    /// - Parameters:
    ///   - group: The group, where the acknowledgement itself names none.
    ///   - faults: What is said of a request without a transaction, or without a partition.
    package init(
        _ node: JSONNode,
        group: String?,
        faults: (transaction: String, partition: String) = Self.singleFaults
    ) throws(QueueFault) {
        guard let transaction = try node.text("transactionId", or: faults.transaction) else {
            throw .malformed(faults.transaction)
        }
        guard node.member("partitionId") != nil else { throw .malformed(faults.partition) }
        guard let partition = try node.uuid("partitionId") else { throw .malformed(faults.partition) }
        transactionID = transaction
        partitionID = partition
        status = try node.text("status", or: "status must be a string") ?? "completed"
        error = try Self.shortened(node.member("error")?.value)
        self.group =
            try node.text("consumerGroup", or: "consumerGroup must be a string") ?? group ?? PopRequest.queueMode
        lease = try node.lease()
    }

    /// Reads the acknowledgements of a batch.
    package static func batch(_ body: JSONNode) throws(QueueFault) -> [Acknowledgement] {
        let group = try body.text("consumerGroup", or: "consumerGroup must be a string")
        return try body.array("acknowledgments", or: "acknowledgments array is required").map {
            node throws(QueueFault) in
            try Acknowledgement(
                node,
                group: group,
                faults: (
                    "Each acknowledgment must have a valid transactionId string",
                    "Each acknowledgment must have a valid partitionId string to ensure message uniqueness"
                )
            )
        }
    }

    package static let singleFaults = (
        transaction: "transactionId is required",
        partition: "partitionId is required to ensure message uniqueness"
    )

    /// What consumers say of a failure may be long, and any JSON.
    private static func shortened(_ value: JSONValue?) throws(QueueFault) -> String? {
        let text: String
        switch value {
        case nil: return nil
        case .string(let string)?: text = string
        case let other?: text = other.jsonText
        }
        return String(text.unicodeScalars.filter { $0.value != 0 }.prefix(10_000).map(Character.init))
    }
}

extension JSONNode {
    /// The member `leaseId`: the empty text, which messages that need no acknowledgement bear, counts as absent.
    fileprivate func lease() throws(QueueFault) -> QueueUUID? {
        if case .string("")? = member("leaseId")?.value { return nil }
        return try uuid("leaseId")
    }
}
