/// An array of PostgreSQL as text, which a parameter of any type of array is cast from.
///
/// Source: PostgreSQL 15, section 8.15.6.
struct ArrayLiteral: Sendable {
    /// The array.
    let text: String

    /// The array of some texts; `nil` is NULL.
    init(_ elements: [String?]) {
        // At most every byte is escaped, and there are quotes and a comma.
        let bound = elements.reduce(2) { $0 + 2 * ($1?.utf8.count ?? 1) + 3 }
        text = String(unsafeUninitializedCapacity: bound) { bytes in
            var end = 0
            func write(_ byte: UInt8) {
                bytes[end] = byte
                end += 1
            }
            write(UInt8(ascii: "{"))
            for (index, element) in elements.enumerated() {
                if index > 0 { write(UInt8(ascii: ",")) }
                guard var element else {
                    for byte in "NULL".utf8 { write(byte) }
                    continue
                }
                write(UInt8(ascii: "\""))
                element.withUTF8 { text in
                    for byte in text {
                        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { write(UInt8(ascii: "\\")) }
                        write(byte)
                    }
                }
                write(UInt8(ascii: "\""))
            }
            write(UInt8(ascii: "}"))
            return end
        }
    }
}
