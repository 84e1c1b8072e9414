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
        for number in numbers { append(atMost: 20) { $0.write(String(number)) } }
    }

    /// The array.
    var text: String { "{\(String(buffer: elements))}" }

    /// How long the elements are.
    var byteCount: Int { elements.readableBytes }

    /// Adds a text; `nil` is NULL.
    mutating func append(_ text: String?) {
        guard let text else { return append(atMost: 4) { $0.write("NULL" as StaticString) } }
        append(atMost: 2 * text.utf8.count + 2) { $0.writeQuoted(text) }
    }

    /// Adds a UUID.
    mutating func append(_ uuid: QueueUUID) {
        append(atMost: QueueUUID.length) { $0.write(uuid) }
    }

    /// Adds the elements of another array.
    mutating func append(contentsOf other: ArrayLiteral) {
        guard other.byteCount > 0 else { return }
        if byteCount > 0 { elements.writeStaticString(",") }
        elements.writeImmutableBuffer(other.elements)
    }

    private mutating func append(atMost bound: Int, _ body: (inout ByteWriter) -> Void) {
        let isFirst = elements.readableBytes == 0
        elements.write(atMost: bound + 1) { writer in
            if !isFirst { writer.write(UInt8(ascii: ",")) }
            body(&writer)
        }
    }
}
