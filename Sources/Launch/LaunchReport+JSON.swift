import FoundationEssentials

extension LaunchReport {
    /// The report as one JSON object in UTF-8: names in snake case and sorted, so that equal reports have equal bytes.
    public func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    /// A report from the JSON that ``json()`` made.
    ///
    /// - Throws: `DecodingError` when the bytes are something else.
    public init(json: [UInt8]) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(LaunchReport.self, from: Data(json))
    }
}
