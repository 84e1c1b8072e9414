import Crypto
import FoundationEssentials
import HydrogenCore

/// Encrypts the payloads of queues that want it, with AES-256-GCM.
///
/// A payload is bound to its message: put into the place of another it does not open. The random nonces have 128 bits, so that one
/// key lasts for more messages than a queue can hold. Source: NIST SP 800-38D.
struct PayloadCipher: Sendable {
    /// How long a key is, in hexadecimal digits.
    static let keyDigits = 64

    /// The message that a payload belongs to.
    struct Place: Sendable, Hashable {
        let queue: String
        let partition: String
        let transactionID: String

        /// What is authenticated beside the payload. No name has a NUL.
        fileprivate var bytes: Data { Data([queue, partition, transactionID].joined(separator: "\0").utf8) }
    }

    /// For a payload that does not open: another key, or not what was stored.
    struct Unreadable: Error {}

    private static let nonceBytes = 16
    private let key: SymmetricKey

    /// Reads a key; `nil` unless it has 64 hexadecimal digits.
    init?(_ secret: Secret) {
        let digits = Array(secret.reveal().utf8)
        guard digits.count == Self.keyDigits else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16),
                digits[index] != UInt8(ascii: "+"), digits[index] != UInt8(ascii: "-")
            else { return nil }
            bytes.append(byte)
        }
        key = SymmetricKey(data: bytes)
    }

    /// A payload as it is stored: `{"encrypted":"…","iv":"…","authTag":"…"}`, each in Base64.
    func seal(_ payload: String, of place: Place) -> String {
        var random = SystemRandomNumberGenerator()
        let nonce = (0..<Self.nonceBytes).map { _ in UInt8.random(in: 0...255, using: &random) }
        do {
            let box = try AES.GCM.seal(
                Data(payload.utf8),
                using: key,
                nonce: AES.GCM.Nonce(data: nonce),
                authenticating: place.bytes
            )
            return
                #"{"encrypted":"\#(box.ciphertext.base64EncodedString())","iv":"\#(Data(nonce).base64EncodedString())","#
                + #""authTag":"\#(box.tag.base64EncodedString())"}"#
        } catch {
            // Only a nonce that is too short is refused.
            preconditionFailure("AES-GCM refused a nonce of \(Self.nonceBytes) bytes: \(error)")
        }
    }

    /// The payload that was stored, as JSON text.
    func open(_ stored: JSONNode, of place: Place) throws(Unreadable) -> String {
        func bytes(_ name: String) throws(Unreadable) -> Data {
            guard case .string(let text)? = stored.value[name]?.value, let data = Data(base64Encoded: text) else {
                throw Unreadable()
            }
            return data
        }
        let (text, nonce, tag) = try (bytes("encrypted"), bytes("iv"), bytes("authTag"))
        do {
            let box = try AES.GCM.SealedBox(nonce: AES.GCM.Nonce(data: nonce), ciphertext: text, tag: tag)
            return String(decoding: try AES.GCM.open(box, using: key, authenticating: place.bytes), as: UTF8.self)
        } catch {
            throw Unreadable()
        }
    }
}

extension PushItem {
    /// What its payload is bound to.
    var place: PayloadCipher.Place {
        PayloadCipher.Place(queue: queue, partition: partition, transactionID: transactionID)
    }
}
