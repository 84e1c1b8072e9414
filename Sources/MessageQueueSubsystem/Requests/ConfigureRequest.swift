package import HydrogenCore

/// A queue to be made, or to be given other options.
package struct ConfigureRequest: Sendable, Hashable {
    package var queue: String
    package var namespace: String
    package var task: String
    /// The options that were given, as a JSON object: integers and booleans in their ranges.
    package var options: String
    /// Whether its payloads are to be encrypted.
    package var wantsEncryption: Bool

    private static let numbers: [(name: String, range: ClosedRange<Int>)] = [
        ("leaseTime", 0...86_400), ("retryLimit", 0...1_000_000), ("retryDelay", 0...86_400_000),
        ("maxSize", 0...Int(Int64.max / 2)), ("ttl", 0...2_000_000_000), ("priority", -1_000_000...1_000_000),
        ("delayedProcessing", 0...31_536_000), ("windowBuffer", 0...31_536_000),
        ("retentionSeconds", 0...2_000_000_000),
        ("completedRetentionSeconds", 0...2_000_000_000), ("maxWaitTimeSeconds", 0...2_000_000_000),
    ]
    private static let flags = ["retentionEnabled", "encryptionEnabled", "deadLetterQueue", "dlqAfterMaxRetries"]

    /// Reads the body of a configuration. Options that are not known are left out.
    package init(_ body: JSONNode) throws(QueueFault) {
        guard let queue = try body.text("queue", or: "queue is required") else { throw .malformed("queue is required") }
        self.queue = queue
        namespace = try body.text("namespace", or: "namespace must be a string") ?? ""
        task = try body.text("task", or: "task must be a string") ?? ""
        var members: [String] = []
        wantsEncryption = try body.member("options")?.boolean("encryptionEnabled") ?? false
        if let options = body.member("options") {
            guard case .object = options.value else { throw .malformed("options must be an object") }
            for (name, range) in Self.numbers {
                if let number = try options.integer(name, range) { members.append("\"\(name)\":\(number)") }
            }
            for name in Self.flags {
                if let flag = try options.boolean(name) { members.append("\"\(name)\":\(flag)") }
            }
        }
        options = "{\(members.joined(separator: ","))}"
    }
}
