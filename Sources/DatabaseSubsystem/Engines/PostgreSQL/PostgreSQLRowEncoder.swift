import NIOCore

/// Writes the rows of results, value by value, from the result into the buffer that goes to the client.
struct PostgreSQLRowEncoder {
    private let columns: PostgreSQLColumns
    private let form: ResultForm
    /// Whether there were more rows than were asked for.
    private(set) var isTruncated = false
    private var cursor: ByteBuffer?
    private var writer: RowWriter

    init(_ columns: PostgreSQLColumns, as form: ResultForm) {
        self.columns = columns
        self.form = form
        self.writer = RowWriter(columns: columns.layout, format: form.format)
    }

    /// How long the part of the result is that is held here.
    var byteCount: Int { writer.byteCount }

    /// Writes the rows of one result, as far as they were asked for.
    mutating func append(_ result: borrowing PostgreSQLResult) {
        let wanted = min(result.rowCount, CInt(clamping: form.maximumRows - writer.rowCount))
        if wanted < result.rowCount { isTruncated = true }
        for row in 0..<wanted {
            writer.beginRow()
            var column: CInt = 0
            for form in columns.forms {
                append(result.text(row, column), form)
                column += 1
            }
            writer.endRow()
        }
        if wanted > 0, writer.rowCount == form.maximumRows, let cursor = form.cursor {
            note(cursor, result, row: wanted - 1)
        }
    }

    /// Keeps the values of a row, perhaps the last, that the next page begins after.
    private mutating func note(_ cursor: PageCursor, _ result: borrowing PostgreSQLResult, row: CInt) {
        let places = cursor.columns.compactMap { columns.layout.names.firstIndex(of: $0) }
        guard places.count == cursor.columns.count else { return }
        var other = RowWriter(columns: cursor.layout, format: .ndjson)
        swap(&writer, &other)
        writer.beginRow()
        for place in places { append(result.text(row, CInt(place)), columns.forms[place]) }
        writer.endRow()
        swap(&writer, &other)
        self.cursor = other.finish()
    }

    private mutating func append(_ text: UnsafeBufferPointer<UInt8>?, _ form: PostgreSQLType.Form) {
        guard let text else { return writer.null() }
        switch form {
        case .text: writer.string(text)
        case .integer: writer.validJSON(text)
        case .number: writer.rawNumber(text)
        case .boolean: writer.boolean(text.first == UInt8(ascii: "t"))
        case .json: writer.rawJSON(text)
        case .timestamp: writer.timestamp(text)
        case .bytes:
            guard let bytes = HexText.decoded(text) else { return writer.string(text) }
            bytes.withUnsafeBytes { writer.base64($0) }
        }
    }

    /// Hands what is encoded to the caller, if it takes the result piece by piece and there is enough for a piece.
    mutating func handOver(to query: QueuedQuery) throws(DatabaseError) {
        try writer.handOver(to: query)
    }

    /// Ends the result.
    consuming func finish(affectedRows: Int?) -> QueryRows {
        let (rowCount, columnCount) = (writer.rowCount, columns.forms.count)
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
