/// An array of PostgreSQL as text, which a parameter of any type of array is cast from.
///
/// Source: PostgreSQL 15, section 8.15.6.
struct ArrayLiteral: Sendable {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    /// The array so far.
    var text: String { String(decoding: bytes + [UInt8(ascii: "}")], as: UTF8.self) }

    /// The array of some texts.
    init(_ elements: some Sequence<String?>) {
        for element in elements { append(element) }
    }

    /// Adds an element at the end; `nil` is NULL.
    mutating func append(_ element: String?) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        guard let element else { return bytes.append(contentsOf: "NULL".utf8) }
        bytes.append(UInt8(ascii: "\""))
        for byte in element.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
