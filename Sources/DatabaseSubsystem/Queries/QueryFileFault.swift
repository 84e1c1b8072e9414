/// One thing that is wrong with a file of SQL, at its place.
package struct QueryFileFault: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    /// The file as the process opened it.
    package let file: String
    /// The line, counted from 1.
    package let line: Int
    /// The character in the line, counted from 1 in Unicode scalars.
    package let column: Int
    /// What should stand there.
    package let expected: String
    /// What stands there.
    package let got: String
    /// What to write, where that can be said.
    package let suggestion: String?

    /// A fault at a line and column.
    package init(file: String, line: Int = 1, column: Int = 1, expected: String, got: String, suggestion: String? = nil)
    {
        self.file = file
        self.line = line
        self.column = column
        self.expected = expected
        self.got = got
        self.suggestion = suggestion
    }

    /// A fault at the byte `offset` of the file's bytes.
    init(file: String, bytes: [UInt8], offset: Int, expected: String, got: String, suggestion: String? = nil) {
        let before = bytes.prefix(offset)
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        self.init(
            file: file,
            line: 1 + before.count { $0 == UInt8(ascii: "\n") },
            column: 1 + before[lineStart...].count { $0 & 0xC0 != 0x80 },
            expected: expected,
            got: got,
            suggestion: suggestion
        )
    }

    /// One line, such as `queries/7.sql:3:11: expected slow, medium, fast or cache, got "quick"`.
    package var description: String {
        "\(file):\(line):\(column): expected \(expected), got \(got)" + (suggestion.map { " (\($0))" } ?? "")
    }
}

/// Everything that is wrong with one file, in the order of its text.
package struct QueryFileFaults: Error, Sendable, Hashable, CustomStringConvertible {
    /// At least one fault.
    package let faults: [QueryFileFault]

    /// One line for each fault.
    package var description: String { faults.map(\.description).joined(separator: "\n") }
}
