/// A fingerprint of content: FNV-1a of 64 bits.
///
/// It finds changes; it does not stop forgers.
///
/// Source: draft-eastlake-fnv, "The FNV Non-Cryptographic Hash Algorithm".
struct ContentHash {
    /// The fingerprint of everything combined so far.
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Adds bytes.
    mutating func combine(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    }

    /// Adds a text so that two texts never equal one longer text.
    mutating func combine(field text: String) {
        combine(text.utf8)
        combine([0xFF])
    }

    /// 16 hexadecimal digits.
    var hexadecimal: String { Self.hexadecimal(value) }

    /// 16 hexadecimal digits of a fingerprint.
    static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
