/// One thing that is wrong with a configuration, with its place.
///
/// Never contains a secret.
public struct ConfigurationFault: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The file as it was named.
    public let file: String
    /// The line, counted from 1.
    public let line: Int
    /// The character in the line, counted from 1.
    public let column: Int
    /// The concrete path of the key, `Databases.Connections[0].Port`; empty when the text is no JSON.
    public let path: String
    /// What may stand there.
    public let expected: String
    /// What stands there, or why nothing does.
    public let got: String
    /// What was probably meant.
    public let suggestion: String?

    /// A fault at a place.
    public init(
        file: String,
        location: JSONLocation,
        path: String,
        expected: String,
        got: String,
        suggestion: String? = nil
    ) {
        self.file = file
        self.line = location.line
        self.column = location.column
        self.path = path
        self.expected = expected
        self.got = got
        self.suggestion = suggestion
    }

    /// The fault in one line.
    ///
    /// `hydrogen.json:41:17  Server.Port: expected integer 1..65535, got "eight" (did you mean 8?)`
    public var description: String {
        let subject = path.isEmpty ? "" : "\(path): "
        let hint = suggestion.map { " (did you mean \($0)?)" } ?? ""
        return "\(file):\(line):\(column)  \(subject)expected \(expected), got \(got)\(hint)"
    }
}

/// Everything that is wrong with a configuration, in the order of the file; never empty.
public struct ConfigurationFaults: Error, Sendable, Hashable, CustomStringConvertible {
    /// The faults, in the order of their places.
    public let faults: [ConfigurationFault]

    /// Orders the faults by their places and drops repetitions.
    public init(_ faults: [ConfigurationFault]) {
        var seen: Set<ConfigurationFault> = []
        self.faults =
            faults
            .filter { seen.insert($0).inserted }
            .sorted { ($0.file, $0.line, $0.column, $0.path) < ($1.file, $1.line, $1.column, $1.path) }
    }

    /// One line for each fault.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}
