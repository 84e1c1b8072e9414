import HydrogenCore

/// A value as a field of CSV, made from its JSON: what the tables of types, which are written as JSON, mean there.
func fieldOfCSV(_ json: String) throws -> String {
    switch try JSONParser(options: .strict).parse(json.utf8).value {
    case .null: return ""
    case .boolean, .number: return json
    case .string(let text): return quotedIfNeeded(text)
    case .array, .object: return quotedIfNeeded(json)
    }
}

private func quotedIfNeeded(_ text: String) -> String {
    let isPlain = !text.isEmpty && !text.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
    return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
}
