import HydrogenCore
import NIOCore
import Synchronization

/// Knows which queues want encryption, as far as the database has said so, and seals and opens their payloads.
final class PayloadVault: Sendable {
    /// `nil` without a key: then no queue may want encryption.
    let cipher: PayloadCipher?
    private let known = Mutex(Secrets())

    /// The queues that want encryption, as far as is known.
    struct Secrets: Sendable {
        fileprivate(set) var queues: Set<String> = []
        /// Another one whenever they are others.
        fileprivate(set) var version = 0
    }

    init(_ cipher: PayloadCipher?) {
        self.cipher = cipher
    }

    /// What is known at this moment.
    var secrets: Secrets { known.withLock { $0 } }

    /// The payload of an item as it is to be stored, and whether that is encrypted.
    func sealed(_ item: PushItem, _ secrets: Secrets) -> (payload: String, isEncrypted: Bool) {
        guard let cipher, secrets.queues.contains(item.queue) else { return (item.payload, false) }
        return (cipher.seal(item.payload, of: item.place), true)
    }

    /// Takes note of queues that want encryption.
    func learn(_ names: some Sequence<String>) {
        known.withLock { known in
            known.queues.formUnion(names)
            known.version += 1
        }
    }

    /// Forgets what was known of a queue: it has other options from now on.
    func forget(_ queue: String) {
        known.withLock { known in
            if known.queues.remove(queue) != nil { known.version += 1 }
        }
    }

    // MARK: Opening

    private static let mark = #","encrypted":true}"#

    /// An answer of `pop` with its payloads in clear. One that cannot be opened is `null`, and its message says so in `error`.
    func opened(_ answer: ByteBuffer) -> ByteBuffer {
        let mark = Self.mark.utf8
        guard answer.readableBytesView.suffix(mark.count).elementsEqual(mark),
            let root = try? JSONParser.own.parse(answer.readableBytesView.dropLast(mark.count) + "}".utf8)
        else { return answer }
        return ByteBuffer(string: opened(root))
    }

    /// A report with the payloads of its messages in clear.
    func openedReport(_ report: ByteBuffer) -> ByteBuffer {
        guard cipher != nil, let root = try? JSONParser.own.parse(report.readableBytesView) else { return report }
        return ByteBuffer(string: opened(root))
    }

    /// JSON in which the payload of each encrypted message is in clear. Reports name the parts of a message in two ways.
    private func opened(_ node: JSONNode) -> String {
        switch node.value {
        case .array(let nodes): return "[\(nodes.map(opened).joined(separator: ","))]"
        case .object(let members):
            let place = Self.place(of: node.value)
            let sealed: Set<String> = node.value["is_encrypted"] == nil ? ["data", "payload"] : ["message_payload"]
            let texts = members.map { member in
                guard Self.payloadNames.contains(member.name) else {
                    return "\(member.name.jsonQuoted):\(opened(member.node))"
                }
                // What clients wrote is never looked into.
                guard let place, sealed.contains(member.name) else {
                    return "\(member.name.jsonQuoted):\(member.node.value.jsonText)"
                }
                guard let text = try? cipher?.open(member.node, of: place) else {
                    return "\(member.name.jsonQuoted):null,\"error\":\(Self.unreadable)"
                }
                return "\(member.name.jsonQuoted):\(text)"
            }
            return "{\(texts.joined(separator: ","))}"
        default: return node.value.jsonText
        }
    }

    private static let payloadNames: Set<String> = ["data", "payload", "message_payload"]

    /// The message that an object is, if its payload is encrypted.
    private static func place(of value: JSONValue) -> PayloadCipher.Place? {
        func text(_ names: String...) -> String? {
            names.lazy.compactMap { if case .string(let text)? = value[$0]?.value { text } else { nil } }.first
        }
        let flags = [value["isEncrypted"]?.value, value["is_encrypted"]?.value]
        guard flags.contains(.boolean(true)), let queue = text("queue", "queue_name"),
            let partition = text("partition", "partition_name"), let id = text("transactionId", "transaction_id")
        else { return nil }
        return PayloadCipher.Place(queue: queue, partition: partition, transactionID: id)
    }

    private static let unreadable =
        #""the payload was encrypted with another key than MessageQueue.EncryptionKey, or was changed""#
}
