/// The type of a query's parameter, by the word that headers, bootstraps and JSON bodies use for it.
package enum ParameterType: String, Sendable, Hashable, Codable, CaseIterable {
    /// A whole number of 64 bits.
    case integer = "INTEGER"
    /// Text.
    case string = "STRING"
    /// True or false.
    case boolean = "BOOLEAN"
    /// A finite number, exact as far as a binary floating point number of 64 bits is.
    case float = "FLOAT"
    /// Text; the word for long text.
    ///
    /// The same as ``string``.
    case text = "TEXT"
    /// A day of the calendar: `2026-01-31`.
    case date = "DATE"
    /// A time of day, with up to 9 decimals: `12:00:00.5`.
    case time = "TIME"
    /// A day and a time, without zone: `2026-01-31T12:00:00` or with a space in the place of the T.
    case datetime = "DATETIME"
    /// A day and a time, with or without zone: `2026-01-31T12:00:00Z`, `2026-01-31 12:00:00+05:30`.
    case timestamp = "TIMESTAMP"

    /// The type that a word names, in capitals or not.
    package init?(word: some StringProtocol) {
        self.init(rawValue: word.uppercased())
    }

    /// The form that a text must have, where the type's name does not say it.
    var format: String? {
        switch self {
        case .integer, .string, .boolean, .float, .text: nil
        case .date: "YYYY-MM-DD"
        case .time: "HH:MM:SS"
        case .datetime: "YYYY-MM-DDTHH:MM:SS"
        case .timestamp: "YYYY-MM-DDTHH:MM:SS with Z or an offset if it has a zone"
        }
    }

    /// Whether every value of this type fits a parameter declared as `other`.
    func fits(_ other: ParameterType) -> Bool {
        switch (self, other) {
        case (.string, .text), (.text, .string), (.integer, .float), (.datetime, .timestamp): true
        default: self == other
        }
    }
}
