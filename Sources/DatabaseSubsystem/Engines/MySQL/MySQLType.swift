import CDatabaseClients

/// The type of a column, as the protocol numbers it. Source: MySQL client/server protocol, "enum_field_types".
struct MySQLType: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt32

    static let decimal = MySQLType(rawValue: 0)
    static let tiny = MySQLType(rawValue: 1)
    static let short = MySQLType(rawValue: 2)
    static let long = MySQLType(rawValue: 3)
    static let float = MySQLType(rawValue: 4)
    static let double = MySQLType(rawValue: 5)
    static let null = MySQLType(rawValue: 6)
    static let timestamp = MySQLType(rawValue: 7)
    static let longLong = MySQLType(rawValue: 8)
    static let medium = MySQLType(rawValue: 9)
    static let date = MySQLType(rawValue: 10)
    static let time = MySQLType(rawValue: 11)
    static let dateTime = MySQLType(rawValue: 12)
    static let year = MySQLType(rawValue: 13)
    static let newDate = MySQLType(rawValue: 14)
    static let bit = MySQLType(rawValue: 16)
    static let json = MySQLType(rawValue: 245)
    static let newDecimal = MySQLType(rawValue: 246)
    static let tinyBlob = MySQLType(rawValue: 249)
    static let mediumBlob = MySQLType(rawValue: 250)
    static let longBlob = MySQLType(rawValue: 251)
    static let blob = MySQLType(rawValue: 252)
    static let varString = MySQLType(rawValue: 253)
    static let string = MySQLType(rawValue: 254)
    static let geometry = MySQLType(rawValue: 255)

    /// How a value is sent, and how it is written.
    enum Form: UInt8, Sendable {
        case int8, int16, int32, int64
        case uint8, uint16, uint32, uint64
        case single, double
        /// An integer of one byte: 0 and 1 are `false` and `true`.
        case boolean
        /// A bit of its own.
        case bit
        /// Bits, the most significant byte first: a whole number.
        case bits
        /// Digits.
        case decimal
        case date
        case time
        /// A date and a time without zone.
        case dateTime
        /// A moment: the session's zone is UTC.
        case timestamp
        case text
        case json
        /// Bytes that are no text.
        case bytes
        /// Always NULL.
        case null

        /// How many bytes a value has; `HYDROGEN_MYSQL_LENGTH_FIRST` when each says it itself.
        var width: UInt8 {
            switch self {
            case .int8, .uint8, .boolean: 1
            case .int16, .uint16: 2
            case .int32, .uint32, .single: 4
            case .int64, .uint64, .double: 8
            case .null: 0
            case .bit, .bits, .decimal, .date, .time, .dateTime, .timestamp, .text, .json, .bytes:
                UInt8(HYDROGEN_MYSQL_LENGTH_FIRST)
            }
        }
    }

    /// The form of a column's values.
    ///
    /// - Parameters:
    ///   - length: The column's width: 1 for `TINYINT(1)`, which `BOOLEAN` stands for unless it is unsigned, and for `BIT(1)`.
    ///   - isJSON: Whether the server says that the text is JSON.
    func form(isUnsigned: Bool, isBinary: Bool, length: UInt, isJSON: Bool) -> Form {
        switch self {
        case .tiny: isUnsigned ? .uint8 : length == 1 ? .boolean : .int8
        case .short: isUnsigned ? .uint16 : .int16
        case .year: .uint16
        case .long, .medium: isUnsigned ? .uint32 : .int32
        case .longLong: isUnsigned ? .uint64 : .int64
        case .float: .single
        case .double: .double
        case .null: .null
        case .decimal, .newDecimal: .decimal
        case .bit: length == 1 ? .bit : .bits
        case .date, .newDate: .date
        case .time: .time
        case .dateTime: .dateTime
        case .timestamp: .timestamp
        case .json: .json
        case .geometry: .bytes
        default: isJSON ? .json : isBinary ? .bytes : .text
        }
    }

    /// What the type is called in SQL.
    func name(isUnsigned: Bool, isBinary: Bool, length: UInt) -> String {
        let sign = isUnsigned ? " unsigned" : ""
        return switch self {
        case .tiny: (length == 1 ? "tinyint(1)" : "tinyint") + sign
        case .short: "smallint" + sign
        case .medium: "mediumint" + sign
        case .long: "int" + sign
        case .longLong: "bigint" + sign
        case .float: "float"
        case .double: "double"
        case .null: "null"
        case .decimal, .newDecimal: "decimal"
        case .year: "year"
        case .date, .newDate: "date"
        case .time: "time"
        case .dateTime: "datetime"
        case .timestamp: "timestamp"
        case .bit: "bit(\(length))"
        case .json: "json"
        case .geometry: "geometry"
        case .tinyBlob, .mediumBlob, .longBlob, .blob: isBinary ? "blob" : "text"
        case .string: isBinary ? "binary" : "char"
        case .varString: isBinary ? "varbinary" : "varchar"
        default: "type \(rawValue)"
        }
    }
}
