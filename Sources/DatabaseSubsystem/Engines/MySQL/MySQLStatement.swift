import CDatabaseClients

/// Owns one prepared statement: freed exactly once, by ``MySQLHandle/close(_:_:)`` or, when its connection is closed, by its end.
final class MySQLStatement {
    let pointer: OpaquePointer
    /// The columns of the result that came last.
    private(set) var columns = MySQLColumns.none
    /// How many placeholders there are.
    let parameterCount: Int
    /// The most columns that a statement can have: what is prepared counts them in two bytes.
    static let mostColumns = 65_535
    /// Whether rows, or further results, are still to be read.
    var hasOpenResult = false
    /// Whether it has been run.
    private var hasRun = false

    private let functions: HydrogenMySQLFunctions
    private var isFreed = false
    /// What the library fills: it has the pointer.
    private let row: UnsafeMutablePointer<HydrogenMySQLRow>
    private var values: UnsafeMutableBufferPointer<HydrogenMySQLValue>
    private var widths: UnsafeMutableBufferPointer<UInt8>

    /// Takes over what was prepared.
    ///
    /// - Throws: `libraryMissing` when the library cannot lend rows.
    init(
        prepared pointer: OpaquePointer,
        on connection: OpaquePointer,
        _ functions: HydrogenMySQLFunctions
    ) throws(DatabaseError) {
        self.pointer = pointer
        self.functions = functions
        parameterCount = Int(functions.stmt_param_count(pointer))
        values = .allocate(capacity: 0)
        widths = .allocate(capacity: 0)
        row = .allocate(capacity: 1)
        row.initialize(to: HydrogenMySQLRow())
        row.pointee.connection = connection
        let failed = withUnsafePointer(to: functions) { hydrogen_mysql_note_rows($0, pointer, row) }
        guard failed == 0 else {
            // Who has prepared it frees it.
            isFreed = true
            throw DatabaseError(.libraryMissing, "libmariadb is too old; install libmariadb3 of MariaDB 10.5 or newer")
        }
        describe(fields)
    }

    deinit {
        free()
        values.deallocate()
        widths.deallocate()
        row.deallocate()
    }

    /// Frees the statement of a connection that is closed, or that has freed it already.
    private func free() {
        guard !isFreed else { return }
        isFreed = true
        _ = functions.stmt_close(pointer)
    }

    /// The connection has freed the statement.
    func wasFreed() {
        isFreed = true
    }

    /// The columns as the library has them for the statement: their names are those of the time when it was prepared.
    private var fields: UnsafeBufferPointer<HydrogenMySQLField> {
        UnsafeBufferPointer(start: functions.stmt_fields(pointer), count: Int(functions.stmt_field_count(pointer)))
    }

    /// How many columns the library has been told of.
    var columnCount: Int { Int(functions.stmt_field_count(pointer)) }

    /// Takes note of the columns of a result that begins.
    ///
    /// - Parameter sent: What the server has sent; `nil` when nothing changed.
    /// - Returns: Whether the tables behind a statement that had columns before have changed.
    func beginResult(_ sent: UnsafePointer<HydrogenMySQLField>?) -> Bool {
        let count = Int(functions.stmt_field_count(pointer))
        hasOpenResult = count > 0
        let fields = UnsafeBufferPointer(
            start: sent ?? functions.stmt_fields(pointer).map { UnsafePointer($0) },
            count: count
        )
        let difference = columns.difference(from: fields)
        defer { hasRun = true }
        guard difference != .none else { return false }
        let hadColumns = !columns.forms.isEmpty
        describe(fields)
        return hadColumns && (difference == .names || hasRun && parameterCount == 0)
    }

    private func describe(_ fields: UnsafeBufferPointer<HydrogenMySQLField>) {
        columns = MySQLColumns(fields, hints: self.fields, functions: functions)
        values.deallocate()
        widths.deallocate()
        values = .allocate(capacity: fields.count)
        values.initialize(repeating: HydrogenMySQLValue())
        widths = .allocate(capacity: fields.count)
        _ = widths.initialize(from: columns.forms.map(\.width))
        row.pointee.values = values.baseAddress
        row.pointee.widths = UnsafePointer(widths.baseAddress)
        row.pointee.count = UInt32(fields.count)
    }

    /// The row that was fetched last; `nil` of a statement without columns.
    var currentRow: MySQLRow? { values.baseAddress.map { MySQLRow($0, columns.forms) } }

    /// Whether a row had values that reach beyond what was received.
    var hasBrokenRow: Bool { row.pointee.isBroken != 0 }

    /// The number of the statement's last error.
    var lastError: MySQLErrorNumber { MySQLErrorNumber(rawValue: functions.stmt_errno(pointer)) }
    /// Its SQLSTATE.
    var lastState: SQLState { SQLState(rawValue: String(cString: functions.stmt_sqlstate(pointer))) }
    /// Its words, which may quote the statement and its data.
    var lastReason: String { String(cString: functions.stmt_error(pointer)) }

    /// How many rows a write has changed; `nil` when the server did not say.
    var affectedRows: Int? {
        let count = functions.stmt_affected_rows(pointer)
        return count == .max ? nil : Int(clamping: count)
    }

    /// Whether other results follow, as of a procedure.
    var hasMoreResults: Bool { functions.stmt_more_results(pointer) != 0 }
}
