/// The code of an SQL type, or of a C type. Sources: ODBC API reference, appendix D; `sqlcli.h` of IBM's client for DB2's.
struct CLIType: RawRepresentable, Hashable, Sendable {
    let rawValue: Int16

    // SQL types.
    static let numeric = CLIType(rawValue: 2)
    static let decimal = CLIType(rawValue: 3)
    static let integer = CLIType(rawValue: 4)
    static let smallint = CLIType(rawValue: 5)
    static let float = CLIType(rawValue: 6)
    static let real = CLIType(rawValue: 7)
    static let double = CLIType(rawValue: 8)
    static let dateOfODBC2 = CLIType(rawValue: 9)
    static let timeOfODBC2 = CLIType(rawValue: 10)
    static let timestampOfODBC2 = CLIType(rawValue: 11)
    static let varchar = CLIType(rawValue: 12)
    /// DB2's.
    static let boolean = CLIType(rawValue: 16)
    static let date = CLIType(rawValue: 91)
    static let time = CLIType(rawValue: 92)
    static let timestamp = CLIType(rawValue: 93)
    /// DB2's.
    static let timestampWithZone = CLIType(rawValue: 95)
    static let longVarchar = CLIType(rawValue: -1)
    static let binary = CLIType(rawValue: -2)
    static let varbinary = CLIType(rawValue: -3)
    static let longVarbinary = CLIType(rawValue: -4)
    static let bigint = CLIType(rawValue: -5)
    static let tinyint = CLIType(rawValue: -6)
    static let bit = CLIType(rawValue: -7)
    /// DB2's.
    static let blob = CLIType(rawValue: -98)
    /// DB2's.
    static let decimalFloat = CLIType(rawValue: -360)

    // C types.
    static let characters = CLIType(rawValue: 1)
    static let singleValue = CLIType(rawValue: 7)
    static let doubleValue = CLIType(rawValue: 8)
    static let bigintValue = CLIType(rawValue: -25)
    static let bitValue = CLIType(rawValue: -7)
    static let bytes = CLIType(rawValue: -2)

    /// How a value of a type is fetched, and written in JSON.
    enum Form: Sendable, Hashable {
        /// Text, and whatever has no form of its own: intervals, UUIDs, XML.
        case text
        /// A day.
        case date
        /// A time of day.
        case time
        /// Digits, exact: whole numbers and decimals.
        case number
        case double
        case single
        case boolean
        /// JSON text.
        case json
        case bytes
        /// A date and a time.
        case timestamp
        /// A date and a time in UTC.
        case moment
    }

    /// The form of a column.
    ///
    /// - Parameter name: The name of its type, which tells what drivers give as text.
    func form(named name: String, momentTypes: Set<String>) -> Form {
        switch name.lowercased() {
        case "bool", "boolean": return .boolean
        case "json", "jsonb": return .json
        case "decimal", "numeric": return .number
        case let name where momentTypes.contains(name): return .moment
        default: return form
        }
    }

    private var form: Form {
        switch self {
        case .numeric, .decimal, .integer, .smallint, .bigint, .tinyint, .decimalFloat: .number
        case .float, .double: .double
        case .real: .single
        case .bit, .boolean: .boolean
        case .binary, .varbinary, .longVarbinary, .blob: .bytes
        case .date, .dateOfODBC2: .date
        case .time, .timeOfODBC2: .time
        case .timestamp, .timestampWithZone, .timestampOfODBC2: .timestamp
        default: .text
        }
    }
}

extension CLIType.Form {
    /// The C type that values are fetched as.
    var fetched: CLIType {
        switch self {
        case .text, .date, .time, .number, .json, .timestamp, .moment: .characters
        case .double: .doubleValue
        case .single: .singleValue
        case .boolean: .bitValue
        case .bytes: .bytes
        }
    }

    /// Whether values are days of the calendar, or moments.
    var isOfCalendar: Bool {
        switch self {
        case .date, .timestamp, .moment: true
        case .text, .time, .number, .double, .single, .boolean, .json, .bytes: false
        }
    }
}
