import NIOCore

/// The columns of a statement's result: their names as JSON has them, and how their values are written.
struct PostgreSQLColumns: Sendable {
    /// The names, made once for all rows.
    let layout: RowColumns
    /// How values are written, one for each column.
    let forms: [PostgreSQLType.Form]
    /// The types.
    let types: [PostgreSQLType]

    init(of result: borrowing PostgreSQLResult) {
        let count = result.columnCount
        var names: [String] = []
        var types: [PostgreSQLType] = []
        for column in 0..<count {
            names.append(result.columnName(column))
            types.append(result.columnType(column))
        }
        self.layout = RowColumns(names)
        self.types = types
        self.forms = types.map(\.form)
    }

    /// One row as values, for Hydrogen's own queries.
    func row(_ row: CInt, of result: borrowing PostgreSQLResult) -> DatabaseRow {
        var values: [DatabaseValue] = []
        for (column, form) in forms.enumerated() {
            values.append(result.text(row, CInt(column)).map { Self.value($0, form) } ?? .null)
        }
        return DatabaseRow(columns: layout.names, values: values)
    }

    private static func value(_ bytes: UnsafeBufferPointer<UInt8>, _ form: PostgreSQLType.Form) -> DatabaseValue {
        let text = String(decoding: bytes, as: UTF8.self)
        switch form {
        case .integer: return Int64(text).map { .integer($0) } ?? .text(text)
        case .boolean: return .boolean(text == "t")
        case .bytes: return HexText.decoded(bytes).map { .blob($0) } ?? .text(text)
        case .number, .single, .double, .text, .json, .timestamp: return .text(text)
        }
    }
}

/// The text form of `bytea` with `bytea_output = hex`. Source: PostgreSQL manual, section 8.4.1.
enum HexText {
    /// The bytes that `\x0fa0` stands for; `nil` for another form.
    static func decoded(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count >= 2, text.count % 2 == 0, text[0] == UInt8(ascii: "\\"), text[1] == UInt8(ascii: "x") else {
            return nil
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2 - 1)
        for index in stride(from: 2, to: text.count, by: 2) {
            guard let high = digit(text[index]), let low = digit(text[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
