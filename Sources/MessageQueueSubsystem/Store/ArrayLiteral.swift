import NIOCore

/// An array of PostgreSQL as text, which a parameter of any type of array is cast from.
///
/// Source: PostgreSQL 15, section 8.15.6.
struct ArrayLiteral: Sendable {
    /// The elements with commas between them.
    private var elements = ByteBuffer()

    /// An empty array.
    init() {}

    /// The array of some texts; `nil` is NULL.
    init(_ texts: [String?]) {
        for text in texts { append(text) }
    }

    /// The array of some numbers.
    init(_ numbers: some Sequence<Int>) {
        for number in numbers {
            writeComma()
            elements.writeString(String(number))
        }
    }

    /// The array.
    var text: String { "{\(String(buffer: elements))}" }

    /// How long the elements are.
    var byteCount: Int { elements.readableBytes }

    /// Adds a text; `nil` is NULL.
    mutating func append(_ text: String?) {
        writeComma()
        guard var text else {
            elements.writeStaticString("NULL")
            return
        }
        // At most every byte is escaped, and there are quotes.
        elements.writeWithUnsafeMutableBytes(minimumWritableBytes: 2 * text.utf8.count + 2) { bytes in
            bytes[0] = UInt8(ascii: "\"")
            var end = 1
            text.withUTF8 { text in
                for byte in text {
                    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                        bytes[end] = UInt8(ascii: "\\")
                        end += 1
                    }
                    bytes[end] = byte
                    end += 1
                }
            }
            bytes[end] = UInt8(ascii: "\"")
            return end + 1
        }
    }

    /// Adds a UUID.
    mutating func append(_ uuid: QueueUUID) {
        writeComma()
        elements.writeUUID(uuid)
    }

    /// Adds the elements of another array.
    mutating func append(contentsOf other: ArrayLiteral) {
        guard other.byteCount > 0 else { return }
        writeComma()
        elements.writeImmutableBuffer(other.elements)
    }

    private mutating func writeComma() {
        if elements.readableBytes > 0 { elements.writeStaticString(",") }
    }
}
