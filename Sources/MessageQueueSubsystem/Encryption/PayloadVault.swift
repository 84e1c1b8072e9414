import HydrogenCore
import NIOCore
import Synchronization

/// Knows which queues want encryption, as far as the database has said so, and seals and opens their payloads.
final class PayloadVault: Sendable {
    /// `nil` without a key: then no queue may want encryption.
    let cipher: PayloadCipher?
    private let queues = Mutex<Set<String>>([])

    init(_ cipher: PayloadCipher?) {
        self.cipher = cipher
    }

    /// The payload of an item as it is to be stored, and whether that is encrypted.
    func sealed(_ item: PushItem) -> (payload: String, isEncrypted: Bool) {
        guard let cipher, queues.withLock({ $0.contains(item.queue) }) else { return (item.payload, false) }
        let place = PayloadCipher.Place(queue: item.queue, partition: item.partition, transactionID: item.transactionID)
        return (cipher.seal(item.payload, of: place), true)
    }

    /// Takes note of queues that want encryption.
    func learn(_ names: some Sequence<String>) { queues.withLock { $0.formUnion(names) } }

    /// Forgets what was known of a queue: it has other options from now on.
    func forget(_ queue: String) {
        _ = queues.withLock { $0.remove(queue) }
    }

    // MARK: Opening

    private static let mark = #","encrypted":true}"#

    /// An answer of `pop` with its payloads in clear. One that cannot be opened is `null`, and its message says so in `error`.
    func opened(_ answer: ByteBuffer) -> ByteBuffer {
        guard answer.readableBytesView.suffix(Self.mark.utf8.count).elementsEqual(Self.mark.utf8),
            case .object(let members)? = (try? JSONParser(options: .strict).parse(answer.readableBytesView))?.value
        else { return answer }
        var texts: [String] = []
        for member in members where member.name != "encrypted" {
            let (name, node) = (member.name, member.node)
            if name == "messages", case .array(let messages) = node.value {
                texts.append("\"messages\":[\(messages.map(opened).joined(separator: ","))]")
            } else {
                texts.append("\(name.jsonQuoted):\(node.value.jsonText)")
            }
        }
        return ByteBuffer(string: "{\(texts.joined(separator: ","))}")
    }

    /// A message with its payload in clear, as JSON text: an object with `queue`, `partition`, `transactionId`, `data`, `isEncrypted`.
    func opened(_ message: JSONNode) -> String {
        guard case .object(let members) = message.value, case .boolean(true)? = message.value["isEncrypted"]?.value,
            case .string(let queue)? = message.value["queue"]?.value,
            case .string(let partition)? = message.value["partition"]?.value,
            case .string(let transaction)? = message.value["transactionId"]?.value
        else { return message.value.jsonText }
        let place = PayloadCipher.Place(queue: queue, partition: partition, transactionID: transaction)
        let texts = members.map { member in
            let (name, node) = (member.name, member.node)
            guard name == "data" || name == "payload" else { return "\(name.jsonQuoted):\(node.value.jsonText)" }
            guard let text = try? cipher?.open(node, of: place) else {
                return "\(name.jsonQuoted):null,\"error\":\(Self.unreadable)"
            }
            return "\(name.jsonQuoted):\(text)"
        }
        return "{\(texts.joined(separator: ","))}"
    }

    private static let unreadable =
        #""the payload was encrypted with another key than MessageQueue.EncryptionKey, or was changed""#
}
