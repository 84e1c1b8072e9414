import NIOCore

/// One result on its way from an engine into the form that was asked for: how many of the rows count, and where the next page
/// begins.
struct RowCollector {
    /// Whether there were more rows than were asked for.
    private(set) var isTruncated = false

    private let columns: RowColumns
    private let form: ResultForm
    /// What the next page begins after.
    private var cursor: ByteBuffer?
    private var writer: RowWriter

    init(_ columns: RowColumns, as form: ResultForm) {
        self.columns = columns
        self.form = form
        self.writer = RowWriter(columns: columns, format: form.format)
    }

    /// How long the part of the result is that is held here.
    var byteCount: Int { writer.byteCount }
    /// How many rows were written.
    var rowCount: Int { writer.rowCount }

    /// Writes a row, unless it is one too many.
    ///
    /// - Parameter write: Writes the value of one column, with exactly one call of a value writer. Called for every column in order, and
    ///   for the last row that is wanted once more for the columns that the next page begins after.
    /// - Returns: Whether the row was wanted.
    @inline(__always)
    mutating func appendRow<Failure: Error>(
        _ write: (Int, inout RowWriter) throws(Failure) -> Void
    ) throws(Failure) -> Bool {
        guard writer.rowCount < form.maximumRows else {
            isTruncated = true
            return false
        }
        writer.beginRow()
        for column in 0..<columns.count { try write(column, &writer) }
        writer.endRow()
        if writer.rowCount == form.maximumRows, let cursor = form.cursor { try note(cursor, write) }
        return true
    }

    /// Keeps the values of the present row, perhaps the last, that the next page begins after.
    private mutating func note<Failure: Error>(
        _ cursor: PageCursor,
        _ write: (Int, inout RowWriter) throws(Failure) -> Void
    ) throws(Failure) {
        guard let places = cursor.places(in: columns.names) else { return }
        var writer = RowWriter(columns: cursor.layout, format: .ndjson)
        writer.beginRow()
        for place in places { try write(place, &writer) }
        writer.endRow()
        self.cursor = writer.finish()
    }

    /// Hands what is encoded to the caller, if it takes the result piece by piece and there is enough for a piece.
    ///
    /// - Throws: What ``ResultStream/write(_:of:)`` throws.
    mutating func handOver(to query: QueuedQuery) throws(DatabaseError) {
        try writer.handOver(to: query)
    }

    /// Takes the rows so far out, for a caller that has each as soon as it is there.
    mutating func takePiece() -> ByteBuffer { writer.takePiece() }

    /// Ends the result.
    ///
    /// - Parameter affectedRows: How many rows a writing statement inserted, changed or deleted; `nil` for one that only reads.
    consuming func finish(affectedRows: Int?) -> QueryRows {
        let rowCount = writer.rowCount
        return QueryRows(
            body: writer.finish(),
            rowCount: rowCount,
            columnCount: columns.count,
            affectedRows: affectedRows,
            isTruncated: isTruncated,
            cursor: isTruncated ? cursor : nil
        )
    }
}
