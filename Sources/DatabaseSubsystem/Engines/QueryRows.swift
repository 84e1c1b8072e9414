package import NIOCore

/// The rows of one query, encoded as they go to the client.
package struct QueryRows: Sendable, Hashable {
    /// All rows in the format that was asked for, a JSON array of objects `[{"id":1}]` for one; of a streamed result the part that
    /// has not been handed over yet.
    package var body: ByteBuffer
    /// How many rows the whole result has.
    package var rowCount: Int
    /// How many columns each row has; 0 for a statement that returns none.
    package var columnCount: Int
    /// How many rows a writing statement inserted, changed or deleted; `nil` for a statement that only reads.
    package var affectedRows: Int?
    /// Whether there were more rows than were asked for.
    package var isTruncated: Bool
    /// What the next page begins after, as a line with a JSON object, where that is known: `{"after":42}`.
    package var cursor: ByteBuffer?

    /// The rows of one query.
    package init(
        body: ByteBuffer,
        rowCount: Int,
        columnCount: Int,
        affectedRows: Int? = nil,
        isTruncated: Bool = false,
        cursor: ByteBuffer? = nil
    ) {
        self.body = body
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.affectedRows = affectedRows
        self.isTruncated = isTruncated
        self.cursor = cursor
    }
}
