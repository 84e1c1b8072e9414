/// How the result of one call is to be written.
package struct ResultForm: Sendable {
    /// How rows are written.
    package var format: RowFormat

    /// A form.
    package init(_ format: RowFormat = .json) {
        self.format = format
    }
}
