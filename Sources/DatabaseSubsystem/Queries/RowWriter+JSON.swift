import HydrogenCore

extension RowWriter {
    /// A value of a JSON text: numbers with all their digits, arrays and objects as JSON, as a string in CSV.
    mutating func json(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .boolean(let flag): boolean(flag)
        case .string(let text): string(text)
        case .number(var literal): literal.withUTF8 { validJSON($0) }
        case .array, .object:
            var text = value.jsonText
            text.withUTF8 { format == .csv ? string($0) : validJSON($0) }
        }
    }
}
