/// Writes the rows of results, value by value, from the result into the buffer that goes to the client.
struct PostgreSQLRowEncoder {
    /// What is written so far.
    var collector: RowCollector
    private let columns: PostgreSQLColumns

    init(_ columns: PostgreSQLColumns, as form: ResultForm) {
        self.columns = columns
        self.collector = RowCollector(columns.layout, as: form)
    }

    /// Writes the rows of one result, as far as they were asked for.
    mutating func append(_ result: borrowing PostgreSQLResult) {
        for row in 0..<result.rowCount {
            let isWanted = collector.appendRow { column, writer in
                Self.write(result.text(row, CInt(column)), columns.forms[column], to: &writer)
            }
            guard isWanted else { return }
        }
    }

    private static func write(
        _ text: UnsafeBufferPointer<UInt8>?,
        _ form: PostgreSQLType.Form,
        to writer: inout RowWriter
    ) {
        guard let text else { return writer.null() }
        switch form {
        case .text: writer.string(text)
        case .integer: writer.validJSON(text)
        case .number: writer.rawNumber(text)
        // The server's digits are the shortest; with an exponent it writes some numbers that other engines write without.
        case .single where text.contains(UInt8(ascii: "e")):
            Float(String(decoding: text, as: UTF8.self)).map { writer.single($0) } ?? writer.rawNumber(text)
        case .double where text.contains(UInt8(ascii: "e")):
            Double(String(decoding: text, as: UTF8.self)).map { writer.double($0) } ?? writer.rawNumber(text)
        case .single, .double: writer.rawNumber(text)
        case .boolean: writer.boolean(text.first == UInt8(ascii: "t"))
        case .json: writer.rawJSON(text)
        case .timestamp: writer.timestamp(text)
        case .bytes:
            guard let bytes = HexText.decoded(text) else { return writer.string(text) }
            bytes.withUnsafeBytes { writer.base64($0) }
        }
    }
}
