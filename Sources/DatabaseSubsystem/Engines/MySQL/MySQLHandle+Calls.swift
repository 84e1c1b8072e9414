import CDatabaseClients

/// The calls that wait for the server.
extension MySQLHandle {
    /// Runs a statement as text, and drops its rows. Returns whether the server took it.
    func query(_ sql: String, _ patience: inout MySQLPatience) throws(DatabaseError) -> Bool {
        let failed = try Array(sql.utf8CString).withUnsafeBufferPointer { text throws(DatabaseError) -> CInt in
            guard let start = text.baseAddress else { return 1 }
            return try complete(1, &patience) { result in
                functions.real_query_start(&result, pointer, start, UInt(text.count - 1))
            } resume: { result, events in
                functions.real_query_cont(&result, pointer, events)
            }
        }
        guard failed == 0 else { return false }
        repeat {
            guard functions.field_count(pointer) > 0, let result = functions.use_result(pointer) else { continue }
            // Reads what is left of it.
            _ = try complete((), &patience) { _ in
                functions.free_result_start(result)
            } resume: { _, events in
                functions.free_result_cont(result, events)
            }
        } while try nextResult(&patience)
        return lastError.rawValue == 0
    }

    private func nextResult(_ patience: inout MySQLPatience) throws(DatabaseError) -> Bool {
        guard functions.more_results(pointer) != 0 else { return false }
        let result = try complete(1, &patience) { result in
            functions.next_result_start(&result, pointer)
        } resume: { result, events in
            functions.next_result_cont(&result, pointer, events)
        }
        return result == 0
    }

    /// Asks the server for a sign of life. Returns whether it gave one.
    func ping(_ patience: inout MySQLPatience) throws(DatabaseError) -> Bool {
        try complete(1, &patience) { result in
            functions.ping_start(&result, pointer)
        } resume: { result, events in
            functions.ping_cont(&result, pointer, events)
        } == 0
    }

    /// Has the server prepare a statement.
    ///
    /// - Returns: The statement, or the number, state and words of what the server said against it.
    func prepare(_ sql: String, _ patience: inout MySQLPatience) throws(DatabaseError) -> Result<
        MySQLStatement, MySQLAnswer
    > {
        guard let made = functions.stmt_init(pointer) else {
            throw DatabaseError(.unavailable, "no memory for a statement")
        }
        do throws(DatabaseError) {
            let failed = try Array(sql.utf8CString).withUnsafeBufferPointer { text throws(DatabaseError) -> CInt in
                guard let start = text.baseAddress else { return 1 }
                return try complete(1, &patience) { result in
                    functions.stmt_prepare_start(&result, made, start, UInt(text.count - 1))
                } resume: { result, events in
                    functions.stmt_prepare_cont(&result, made, events)
                }
            }
            guard failed == 0 else {
                let answer = MySQLAnswer(
                    number: MySQLErrorNumber(rawValue: functions.stmt_errno(made)),
                    state: SQLState(rawValue: String(cString: functions.stmt_sqlstate(made))),
                    reason: String(cString: functions.stmt_error(made))
                )
                _ = functions.stmt_close(made)
                return .failure(answer)
            }
            return .success(try MySQLStatement(prepared: made, on: pointer, functions))
        } catch {
            _ = functions.stmt_close(made)
            throw error
        }
    }

    /// Runs a prepared statement with values. Returns whether the server took it.
    func execute(
        _ statement: MySQLStatement,
        _ parameters: inout MySQLParameters,
        _ patience: inout MySQLPatience
    ) throws(DatabaseError) -> Bool {
        try parameters.withBinds { binds throws(DatabaseError) in
            // Without a check of types: every type that is bound is one that the library knows.
            if binds != nil { _ = functions.stmt_bind_param(statement.pointer, binds) }
            return try complete(1, &patience) { result in
                functions.stmt_execute_start(&result, statement.pointer)
            } resume: { result, events in
                functions.stmt_execute_cont(&result, statement.pointer, events)
            } == 0
        }
    }

    /// Goes to the next row. Returns 0 for a row, 1 for an error, another number for the end.
    func fetch(_ statement: MySQLStatement, _ patience: inout MySQLPatience) throws(DatabaseError) -> CInt {
        try complete(1, &patience) { result in
            functions.stmt_fetch_start(&result, statement.pointer)
        } resume: { result, events in
            functions.stmt_fetch_cont(&result, statement.pointer, events)
        }
    }

    /// Goes to the next result of a procedure. Returns 0 when there is one, more for an error, less for the end.
    func nextResult(of statement: MySQLStatement, _ patience: inout MySQLPatience) throws(DatabaseError) -> CInt {
        try complete(1, &patience) { result in
            functions.stmt_next_result_start(&result, statement.pointer)
        } resume: { result, events in
            functions.stmt_next_result_cont(&result, statement.pointer, events)
        }
    }

    /// Frees a statement here and on the server, and reads what is left of its result.
    func close(_ statement: MySQLStatement, _ patience: inout MySQLPatience) throws(DatabaseError) {
        statement.wasFreed()
        _ = try complete(CChar(1), &patience) { result in
            functions.stmt_close_start(&result, statement.pointer)
        } resume: { result, events in
            functions.stmt_close_cont(&result, statement.pointer, events)
        }
    }
}

/// What the server said against a statement.
struct MySQLAnswer: Error {
    let number: MySQLErrorNumber
    let state: SQLState
    /// Its words, which may quote the statement and its data.
    let reason: String
}
