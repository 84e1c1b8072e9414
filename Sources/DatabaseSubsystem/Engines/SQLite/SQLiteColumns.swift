import CDatabaseClients

/// The columns of a prepared statement: their names as JSON has them, and how their values are written.
struct SQLiteColumns {
    /// How a value of a column is written. SQLite types values, not columns: the declared type only says what an integer or a text
    /// stands for. Source: https://sqlite.org/datatype3.html
    enum Kind: Equatable {
        /// Integers, reals, texts and blobs as they are.
        case plain
        /// Integers 0 and 1 are `false` and `true`.
        case boolean
        /// Text is JSON.
        case json
        /// Text is a date and time.
        case timestamp

        init(declaredType: String?) {
            switch declaredType?.uppercased().prefix(while: { $0 != "(" && $0 != " " }) {
            case "BOOLEAN", "BOOL": self = .boolean
            case "JSON", "JSONB": self = .json
            case "DATETIME", "TIMESTAMP", "TIMESTAMPTZ": self = .timestamp
            default: self = .plain
            }
        }
    }

    /// The names, made once for all rows.
    let layout: RowColumns
    /// What the engine tells of them.
    let facts: [StatementFacts.Column]
    /// How values are written, one for each column.
    let kinds: [Kind]

    init(of statement: OpaquePointer, functions: HydrogenSQLiteFunctions) {
        let declared = (0..<functions.column_count(statement)).map { column in
            (
                name: functions.column_name(statement, column).map { String(cString: $0) } ?? "",
                type: functions.column_decltype(statement, column).map { String(cString: $0) }
            )
        }
        let layout = RowColumns(declared.map(\.name))
        self.layout = layout
        self.kinds = declared.map { Kind(declaredType: $0.type) }
        self.facts = zip(layout.names, declared).map { StatementFacts.Column(name: $0, type: $1.type) }
    }

    /// The present row as values, for Hydrogen's own queries.
    func row(of statement: OpaquePointer, functions: HydrogenSQLiteFunctions) -> DatabaseRow {
        let values = (0..<CInt(kinds.count)).map { column -> DatabaseValue in
            switch SQLiteValueType(rawValue: functions.column_type(statement, column)) {
            case .integer: return .integer(functions.column_int64(statement, column))
            case .real: return .float(functions.column_double(statement, column))
            case .text:
                guard let text = functions.column_text(statement, column) else { return .null }
                let count = Int(functions.column_bytes(statement, column))
                return .text(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
            case .blob:
                guard let start = functions.column_blob(statement, column) else { return .blob([]) }
                return .blob(
                    Array(UnsafeRawBufferPointer(start: start, count: Int(functions.column_bytes(statement, column))))
                )
            case .null, nil: return .null
            }
        }
        return DatabaseRow(columns: layout.names, values: values)
    }
}

/// The type of one value. Source: https://sqlite.org/c3ref/c_blob.html
enum SQLiteValueType: CInt {
    case integer = 1
    case real = 2
    case text = 3
    case blob = 4
    case null = 5
}
