/// The object id of a type. Source: PostgreSQL, `src/include/catalog/pg_type.dat`: the built-in ones never change.
struct PostgreSQLType: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt32

    static let bool = PostgreSQLType(rawValue: 16)
    static let bytea = PostgreSQLType(rawValue: 17)
    static let int8 = PostgreSQLType(rawValue: 20)
    static let int2 = PostgreSQLType(rawValue: 21)
    static let int4 = PostgreSQLType(rawValue: 23)
    static let text = PostgreSQLType(rawValue: 25)
    static let oid = PostgreSQLType(rawValue: 26)
    static let json = PostgreSQLType(rawValue: 114)
    static let float4 = PostgreSQLType(rawValue: 700)
    static let float8 = PostgreSQLType(rawValue: 701)
    static let date = PostgreSQLType(rawValue: 1082)
    static let time = PostgreSQLType(rawValue: 1083)
    static let timestamp = PostgreSQLType(rawValue: 1114)
    static let timestamptz = PostgreSQLType(rawValue: 1184)
    static let numeric = PostgreSQLType(rawValue: 1700)
    static let jsonb = PostgreSQLType(rawValue: 3802)

    /// How a value of a type is written in JSON.
    enum Form: UInt8, Sendable {
        /// Text, and whatever has no form of its own: dates, times, intervals, UUIDs, arrays, ranges, enums.
        case text
        /// Digits, which are JSON as they are.
        case integer
        /// Decimals that may be `NaN` or infinite.
        case number
        /// Floating point of 32 bits.
        case single
        /// Floating point of 64 bits.
        case double
        case boolean
        /// JSON, checked all the same: a database in SQL_ASCII may hold what is no UTF-8.
        case json
        /// Hexadecimal digits after `\x`.
        case bytes
        /// A date and a time, with or without zone.
        case timestamp
    }

    var form: Form {
        switch self {
        case .int2, .int4, .int8, .oid: .integer
        case .numeric: .number
        case .float4: .single
        case .float8: .double
        case .bool: .boolean
        case .json, .jsonb: .json
        case .bytea: .bytes
        case .timestamp, .timestamptz: .timestamp
        default: .text
        }
    }

    /// The types that a statement's parameters are bound as; 0, which lets the server infer one, for STRING: it may stand for a UUID or
    /// an enum.
    static func bindings(of statement: EngineStatement) -> [UInt32] {
        statement.parameterTypes.map { type in
            switch type {
            case .integer: statement.hasNarrowIntegers ? int4.rawValue : int8.rawValue
            case .float: float8.rawValue
            case .boolean: bool.rawValue
            case .date: date.rawValue
            case .time: time.rawValue
            case .datetime: timestamp.rawValue
            case .timestamp: timestamptz.rawValue
            case .text: text.rawValue
            case .string, nil: 0
            }
        }
    }

    init(rawValue: UInt32) {
        self.rawValue = rawValue
    }
}
