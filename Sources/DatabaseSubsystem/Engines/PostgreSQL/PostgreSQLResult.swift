import CDatabaseClients

/// Owns one `PGresult *`: cleared exactly once, when this value ends. What it lends must not outlive it.
struct PostgreSQLResult: ~Copyable {
    /// What kind of result it is. Source: PostgreSQL 17 manual, section 34.3, `PQresultStatus`.
    enum Status: CInt {
        case emptyQuery = 0
        case commandOK = 1
        case tuplesOK = 2
        case copyOut = 3
        case copyIn = 4
        case badResponse = 5
        case nonfatalError = 6
        case fatalError = 7
        case copyBoth = 8
        case singleTuple = 9
        case pipelineSync = 10
        case pipelineAborted = 11
        case tuplesChunk = 12
    }

    let pointer: OpaquePointer
    let functions: HydrogenPostgreSQLFunctions

    init(_ pointer: OpaquePointer, _ functions: HydrogenPostgreSQLFunctions) {
        self.pointer = pointer
        self.functions = functions
    }

    deinit {
        functions.clear(pointer)
    }

    /// The status; one that is not known counts as a bad response.
    var status: Status { Status(rawValue: functions.resultStatus(pointer)) ?? .badResponse }

    var rowCount: CInt { functions.ntuples(pointer) }
    var columnCount: CInt { functions.nfields(pointer) }

    func columnName(_ column: CInt) -> String {
        functions.fname(pointer, column).map { String(cString: $0) } ?? ""
    }

    /// The type's object id; that of the base type for a domain.
    func columnType(_ column: CInt) -> PostgreSQLType { PostgreSQLType(rawValue: functions.ftype(pointer, column)) }

    /// The types of a described statement's parameters.
    var parameterTypes: [PostgreSQLType] {
        (0..<functions.nparams(pointer)).map { PostgreSQLType(rawValue: functions.paramtype(pointer, $0)) }
    }

    /// A value's text as the server sent it; `nil` for NULL.
    func text(_ row: CInt, _ column: CInt) -> UnsafeBufferPointer<UInt8>? {
        let length = Int(functions.getlength(pointer, row, column))
        if length == 0, functions.getisnull(pointer, row, column) != 0 { return nil }
        let start = UnsafeRawPointer(functions.getvalue(pointer, row, column)).assumingMemoryBound(to: UInt8.self)
        return UnsafeBufferPointer(start: start, count: length)
    }

    /// How many rows a writing statement affected; `nil` for a statement that affects none by its kind.
    var affectedRows: Int? { Int(String(cString: functions.cmdTuples(pointer))) }

    /// What the server said of the error that the result is.
    var diagnostics: PostgreSQLDiagnostics { PostgreSQLDiagnostics(pointer, functions) }
}
