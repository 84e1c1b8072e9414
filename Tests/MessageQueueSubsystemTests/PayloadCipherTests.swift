import HydrogenCore
import Testing

@testable import MessageQueueSubsystem

@Suite struct PayloadCipherTests {
    private static let key = Secret(String(repeating: "0123456789abcdef", count: 4))
    private static let place = PayloadCipher.Place(queue: "q", partition: "p", transactionID: "t")

    private static func node(_ text: String) throws -> JSONNode { try JSONParser(options: .strict).parse(text.utf8) }

    @Test(
        "a payload comes back as it was, and no two seals of it are alike",
        arguments: ["null", "\"\"", #"{"a":[1,"é"]}"#]
    )
    func roundTrip(payload: String) throws {
        let cipher = try #require(PayloadCipher(Self.key))
        let sealed = cipher.seal(payload, of: Self.place)
        #expect(sealed != cipher.seal(payload, of: Self.place))
        #expect(try cipher.open(Self.node(sealed), of: Self.place) == payload)
    }

    @Test(
        "one that belongs to another message does not open",
        arguments: [("x", "p", "t"), ("q", "x", "t"), ("q", "p", "x")]
    )
    func otherPlace(queue: String, partition: String, transaction: String) throws {
        let cipher = try #require(PayloadCipher(Self.key))
        let sealed = try Self.node(cipher.seal("1", of: Self.place))
        let other = PayloadCipher.Place(queue: queue, partition: partition, transactionID: transaction)
        #expect(throws: PayloadCipher.Unreadable.self) { try cipher.open(sealed, of: other) }
    }

    @Test("another key does not open it, nor is anything else opened")
    func otherKey() throws {
        let cipher = try #require(PayloadCipher(Self.key))
        let other = try #require(PayloadCipher(Secret(String(repeating: "f", count: 64))))
        #expect(throws: PayloadCipher.Unreadable.self) {
            try other.open(Self.node(cipher.seal("1", of: Self.place)), of: Self.place)
        }
        for text in [
            "{}", "5", #"{"encrypted":"AA==","iv":"","authTag":""}"#, #"{"encrypted":"?","iv":"?","authTag":"?"}"#,
        ] {
            #expect(throws: PayloadCipher.Unreadable.self) { try cipher.open(Self.node(text), of: Self.place) }
        }
    }

    @Test(
        "a key is 64 hexadecimal digits",
        arguments: [
            "", "00", String(repeating: "g", count: 64), String(repeating: "+1", count: 32),
            String(repeating: "0", count: 65),
        ]
    )
    func keys(text: String) {
        #expect(PayloadCipher(Secret(text)) == nil)
    }
}
