/// How the result of one call is to be written.
package struct ResultForm: Sendable {
    /// How rows are written.
    package var format: RowFormat
    /// The most rows.
    package var maximumRows: Int

    /// A form.
    ///
    /// - Parameter maximumRows: The most rows; `nil` for all that there are.
    package init(_ format: RowFormat = .json, maximumRows: Int? = nil) {
        self.format = format
        self.maximumRows = maximumRows ?? .max
    }
}
