import HydrogenCore
import Testing

@Suite("An amount of bytes")
struct ByteCountTests {
    @Test(
        "is written in the largest unit that divides it",
        arguments: [
            (ByteCount.bytes(0), "0 bytes"), (.bytes(1500), "1500 bytes"), (.kibibytes(3), "3 KiB"),
            (.mebibytes(2), "2 MiB"), (.bytes(2_097_152), "2 MiB"), (.bytes(1_048_577), "1048577 bytes"),
        ]
    )
    func describes(count: ByteCount, text: String) {
        #expect(count.description == text)
    }

    @Test("compares by its bytes")
    func compares() {
        #expect(ByteCount.kibibytes(1) == .bytes(1024))
        #expect(ByteCount.kibibytes(1023) < .mebibytes(1))
    }
}
