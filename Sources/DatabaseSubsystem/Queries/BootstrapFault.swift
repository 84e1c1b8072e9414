/// One thing that is wrong with a row of a bootstrap's result.
package struct BootstrapFault: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The bootstrap, for messages.
    package let source: String
    /// The row, counted from 1.
    package let row: Int
    /// The column, by its documented name.
    package let column: String
    /// What should stand there.
    package let expected: String
    /// What stands there.
    package let got: String

    /// A fault of a row.
    package init(source: String, row: Int, column: String, expected: String, got: String) {
        self.source = source
        self.row = row
        self.column = column
        self.expected = expected
        self.got = got
    }

    /// One line, such as `bootstrap row 3, query_id: expected a whole number, got "x"`.
    package var description: String {
        "\(source) row \(row), \(column): expected \(expected), got \(got)"
    }
}
