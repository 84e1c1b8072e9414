/// The checksum of Castagnoli, which finds every error of up to 32 bits in a row. Source: RFC 3720, appendix B.4.
enum CRC32C {
    /// What each byte does to the remainder, and what it does with one to seven bytes behind it: eight bytes go in one step.
    private static let table: [UInt32] = {
        var table: [UInt32] = []
        for byte in UInt32(0)..<256 {
            var value = byte
            for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0x82F6_3B78 : value >> 1 }
            table.append(value)
        }
        for index in 256..<2048 {
            let before = table[index - 256]
            table.append((before >> 8) ^ table[Int(before & 0xFF)])
        }
        return table
    }()

    /// The checksum of some bytes.
    ///
    /// - Parameter before: The checksum of what stands before them.
    static func checksum(_ bytes: UnsafeRawBufferPointer, after before: UInt32 = 0) -> UInt32 {
        table.withUnsafeBufferPointer { table in
            var value = ~before
            var index = 0
            while index + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let mixed = word ^ UInt64(value)
                value = 0
                for place in 0..<8 {
                    let byte = Int((mixed >> UInt64(8 * place)) & 0xFF)
                    value ^= table[(7 - place) * 256 + byte]
                }
                index += 8
            }
            while index < bytes.count {
                let byte = Int((value ^ UInt32(bytes[index])) & 0xFF)
                value = (value >> 8) ^ table[byte]
                index += 1
            }
            return ~value
        }
    }
}
