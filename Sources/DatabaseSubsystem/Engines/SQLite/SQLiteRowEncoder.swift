import CDatabaseClients
import NIOCore

/// Writes the rows of a running statement, value by value, with nothing in between.
struct SQLiteRowEncoder {
    private let statement: OpaquePointer
    private let functions: HydrogenSQLiteFunctions
    private let kinds: [SQLiteColumns.Kind]
    private let columns: RowColumns
    private let form: ResultForm
    /// Whether the statement had more rows than were asked for.
    private var isTruncated = false
    private var cursor: ByteBuffer?
    private var writer: RowWriter

    init(_ statement: SQLiteStatement, functions: HydrogenSQLiteFunctions, as form: ResultForm) {
        self.statement = statement.pointer
        self.functions = functions
        self.kinds = statement.columns.kinds
        self.columns = statement.columns.layout
        self.form = form
        self.writer = RowWriter(columns: statement.columns.layout, format: form.format)
    }

    /// How long the result is so far.
    var byteCount: Int { writer.byteCount }

    /// Writes the row that the statement stands on, unless it is one too many.
    ///
    /// Returns whether it was written.
    mutating func appendRow() -> Bool {
        guard writer.rowCount < form.maximumRows else {
            isTruncated = true
            return false
        }
        writer.beginRow()
        var column: CInt = 0
        for kind in kinds {
            append(column, kind)
            column += 1
        }
        writer.endRow()
        if writer.rowCount == form.maximumRows, let cursor = form.cursor { note(cursor) }
        return true
    }

    /// Keeps the values of the present row, perhaps the last, that the next page begins after.
    private mutating func note(_ cursor: PageCursor) {
        let places = cursor.columns.compactMap { columns.names.firstIndex(of: $0) }
        guard places.count == cursor.columns.count else { return }
        var other = RowWriter(columns: cursor.layout, format: .ndjson)
        swap(&writer, &other)
        writer.beginRow()
        for place in places { append(CInt(place), kinds[place]) }
        writer.endRow()
        swap(&writer, &other)
        self.cursor = other.finish()
    }

    /// Hands what is encoded to the caller, if it takes the result piece by piece and there is enough for a piece.
    mutating func handOver(to query: QueuedQuery) throws(DatabaseError) {
        try writer.handOver(to: query)
    }

    private mutating func append(_ column: CInt, _ kind: SQLiteColumns.Kind) {
        switch SQLiteValueType(rawValue: functions.column_type(statement, column)) {
        case .integer: appendInteger(functions.column_int64(statement, column), kind)
        case .real: writer.double(functions.column_double(statement, column))
        case .text:
            let text = functions.column_text(statement, column)
            appendText(UnsafeBufferPointer(start: text, count: Int(functions.column_bytes(statement, column))), kind)
        case .blob:
            let start = functions.column_blob(statement, column)
            writer.base64(UnsafeRawBufferPointer(start: start, count: Int(functions.column_bytes(statement, column))))
        case .null, nil: writer.null()
        }
    }

    private mutating func appendInteger(_ value: Int64, _ kind: SQLiteColumns.Kind) {
        switch kind {
        case .boolean where value == 0 || value == 1: writer.boolean(value == 1)
        case .plain, .boolean, .json, .timestamp: writer.integer(value)
        }
    }

    private mutating func appendText(_ text: UnsafeBufferPointer<UInt8>, _ kind: SQLiteColumns.Kind) {
        switch kind {
        case .json: writer.rawJSON(text)
        case .timestamp: writer.timestamp(text)
        case .plain, .boolean: writer.string(text)
        }
    }

    /// Ends the result.
    consuming func finish(affectedRows: Int?) -> QueryRows {
        let (rowCount, columnCount) = (writer.rowCount, kinds.count)
        return QueryRows(
            body: writer.finish(),
            rowCount: rowCount,
            columnCount: columnCount,
            affectedRows: affectedRows,
            isTruncated: isTruncated,
            cursor: isTruncated ? cursor : nil
        )
    }
}
