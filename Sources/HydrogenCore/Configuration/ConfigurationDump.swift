/// The effective configuration as a report: `hydrogen dump-config`, SIGUSR2 and `GET /api/system/config` show it.
public struct ConfigurationDump: Sendable, Hashable {
    /// The widest a column is padded to; a longer entry moves the rest of its line.
    private static let widestColumn = 48

    /// The values in the order in which they were read.
    public let values: [EffectiveValue]

    /// A report of these values, which are already masked.
    public init(_ values: [EffectiveValue]) {
        self.values = values
    }

    /// One line for each value: path, value, origin and whether it can be reloaded, aligned.
    public var lines: [String] {
        let paths = Self.width(of: values.map(\.path))
        let shown = Self.width(of: values.map(\.shown))
        let origins = Self.width(of: values.map(\.origin))
        return values.map { value in
            let start = "\(Self.pad(value.path, to: paths))  \(Self.pad(value.shown, to: shown))  "
            return start + (value.reloadable ? Self.pad(value.origin, to: origins) + "  reloadable" : value.origin)
        }
    }

    /// ``lines`` as one text that ends with a line feed; empty when there are no values.
    public var text: String { lines.map { $0 + "\n" }.joined() }

    /// A JSON array of `{"path", "value", "origin", "reloadable"}`, one object a line; `value` is JSON of its own type.
    public var json: String {
        guard !values.isEmpty else { return "[]" }
        let objects = values.map { value in
            """
              {"path":\(value.path.jsonQuoted),"value":\(value.shown),\
            "origin":\(value.origin.jsonQuoted),"reloadable":\(value.reloadable)}
            """
        }
        return "[\n\(objects.joined(separator: ",\n"))\n]"
    }

    private static func width(of column: [String]) -> Int {
        min(widestColumn, column.map(\.count).max() ?? 0)
    }

    private static func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
