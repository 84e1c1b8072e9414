import CDatabaseClients

/// Writes the values of the row that a running statement stands on, with nothing in between.
struct SQLiteRowEncoder {
    private let statement: OpaquePointer
    private let functions: HydrogenSQLiteFunctions
    private let kinds: [SQLiteColumns.Kind]

    init(_ statement: SQLiteStatement, functions: HydrogenSQLiteFunctions) {
        self.statement = statement.pointer
        self.functions = functions
        self.kinds = statement.columns.kinds
    }

    /// Writes the value of one column.
    @inline(__always)
    func write(_ column: Int, to writer: inout RowWriter) {
        let (place, kind) = (CInt(column), kinds[column])
        switch SQLiteValueType(rawValue: functions.column_type(statement, place)) {
        case .integer: write(functions.column_int64(statement, place), kind, to: &writer)
        case .real: writer.double(functions.column_double(statement, place))
        case .text:
            let text = functions.column_text(statement, place)
            let bytes = UnsafeBufferPointer(start: text, count: Int(functions.column_bytes(statement, place)))
            write(bytes, kind, to: &writer)
        case .blob:
            let start = functions.column_blob(statement, place)
            writer.base64(UnsafeRawBufferPointer(start: start, count: Int(functions.column_bytes(statement, place))))
        case .null, nil: writer.null()
        }
    }

    private func write(_ value: Int64, _ kind: SQLiteColumns.Kind, to writer: inout RowWriter) {
        switch kind {
        case .boolean where value == 0 || value == 1: writer.boolean(value == 1)
        case .plain, .boolean, .json, .timestamp: writer.integer(value)
        }
    }

    private func write(_ text: UnsafeBufferPointer<UInt8>, _ kind: SQLiteColumns.Kind, to writer: inout RowWriter) {
        switch kind {
        case .json: writer.rawJSON(text)
        case .timestamp: writer.timestamp(text)
        case .plain, .boolean: writer.string(text)
        }
    }
}
