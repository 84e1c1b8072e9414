import CDatabaseClients

/// Owns one prepared statement: finalized exactly once. Confined to its connection's thread.
final class SQLiteStatement {
    let pointer: OpaquePointer
    /// Whether the statement changes nothing in the database file.
    let isReadOnly: Bool
    /// Keys and kinds of the result's columns, made anew when SQLite had to prepare the statement again.
    private(set) var columns: SQLiteColumns

    private let functions: HydrogenSQLiteFunctions
    private var prepareCount: CInt = 0

    /// SQLITE_PREPARE_PERSISTENT: the statement will be kept for long.
    private static let persistent: UInt32 = 0x1
    /// SQLITE_STMTSTATUS_REPREPARE: how often SQLite prepared the statement again by itself.
    private static let reprepareStatus: CInt = 5

    /// - Throws: `refused` for SQL that the database does not take, and for more than one statement.
    init(_ sql: String, on handle: SQLiteHandle) throws(DatabaseError) {
        functions = handle.functions
        let (code, prepared, rest) = Self.prepare(sql, on: handle)
        guard code == 0 else { throw handle.lastError(code, doing: "preparing") }
        guard let prepared else {
            throw DatabaseError(.refused, "preparing: the SQL has no statement, only white space or comments")
        }
        pointer = prepared
        isReadOnly = functions.stmt_readonly(prepared) != 0
        columns = SQLiteColumns(of: prepared, functions: functions)
        guard !rest else {
            throw DatabaseError(.refused, "preparing: the SQL has more than one statement; a query runs exactly one")
        }
    }

    deinit {
        _ = functions.finalize(pointer)
    }

    /// Prepares the first statement of `sql`, and looks whether a second one follows.
    private static func prepare(_ sql: String, on handle: SQLiteHandle) -> (CInt, OpaquePointer?, rest: Bool) {
        var sql = sql
        return sql.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text -> (CInt, OpaquePointer?, Bool) in
                guard let start = text.baseAddress else { return (0, nil, false) }
                var statement: OpaquePointer?
                var tail: UnsafePointer<CChar>?
                let functions = handle.functions
                let code = functions.prepare_v3(handle.pointer, start, CInt(text.count), persistent, &statement, &tail)
                guard code == 0, let tail else { return (code, statement, false) }
                var next: OpaquePointer?
                let left = CInt(text.count - (tail - start))
                let second = functions.prepare_v3(handle.pointer, tail, left, 0, &next, nil)
                _ = functions.finalize(next)
                return (code, statement, second != 0 || next != nil)
            }
        }
    }

    /// Binds every placeholder. SQLite copies texts.
    func bind(_ statement: EngineStatement, _ values: [ParameterValue], on handle: SQLiteHandle) throws(DatabaseError) {
        var position: CInt = 0
        for index in statement.parameterOrder {
            position += 1
            let code = bind(values[index].content, at: position)
            guard code == 0 else { throw handle.lastError(code, doing: "binding parameter \(position)") }
        }
    }

    private func bind(_ content: ParameterValue.Content, at position: CInt) -> CInt {
        switch content {
        case .null: return functions.bind_null(pointer, position)
        case .integer(let value): return functions.bind_int64(pointer, position, value)
        case .float(let value): return functions.bind_double(pointer, position, value)
        case .boolean(let value): return functions.bind_int64(pointer, position, value ? 1 : 0)
        case .text(var value):
            return value.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { text in
                    withUnsafePointer(to: functions) { table in
                        guard let start = text.baseAddress else {
                            return hydrogen_sqlite_bind_text_copy(table, pointer, position, "", 0)
                        }
                        return hydrogen_sqlite_bind_text_copy(table, pointer, position, start, CInt(text.count))
                    }
                }
            }
        }
    }

    /// Goes to the next row, or to the end.
    func step() -> SQLiteResultCode {
        SQLiteResultCode(rawValue: functions.step(pointer))
    }

    /// Brings the columns up to date; to be called after a step, which may prepare the statement again after a schema change.
    func refreshColumns() {
        let count = functions.stmt_status(pointer, Self.reprepareStatus, 0)
        guard count != prepareCount else { return }
        prepareCount = count
        columns = SQLiteColumns(of: pointer, functions: functions)
    }

    /// Makes the statement ready to run again, and frees what was bound.
    func reset() {
        _ = functions.reset(pointer)
        _ = functions.clear_bindings(pointer)
    }
}
