/// How the result of one call is to be written.
package struct ResultForm: Sendable {
    /// How rows are written.
    package var format: RowFormat
    /// The most rows.
    package var maximumRows: Int
    /// Which values of the last row are wanted when there are more rows.
    package var cursor: PageCursor?

    /// A form.
    ///
    /// - Parameter maximumRows: The most rows; `nil` for all that there are.
    package init(_ format: RowFormat = .json, maximumRows: Int? = nil, cursor: PageCursor? = nil) {
        self.format = format
        self.maximumRows = maximumRows ?? .max
        self.cursor = cursor
    }
}
