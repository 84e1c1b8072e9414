import CDatabaseClients
import HydrogenCore

/// One prepared statement with its columns. Confined to its connection's thread.
final class CLIStatement {
    let handle: CLIStatementHandle
    /// The result's columns; `nil` before the driver has told them.
    private(set) var columns: CLIColumns?
    /// That the driver holds on to a plan that no longer fits the tables: the statement is to be prepared anew.
    private(set) var stalePlan: CLIDiagnostics.StalePlan?
    private let product: CLIProduct
    private let canceller: CLICanceller
    private var timeLimit = 0

    private var functions: HydrogenCLIFunctions { handle.session.functions }

    /// - Throws: `refused` for SQL that the database does not take, where the driver asks it so early.
    init(
        _ sql: String,
        on session: CLISession,
        _ product: CLIProduct,
        _ canceller: CLICanceller
    ) throws(DatabaseError) {
        self.product = product
        self.canceller = canceller
        handle = try CLIStatementHandle(on: session)
        var sql = sql
        let code = sql.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                guard let start = text.baseAddress else { return functions.Prepare(handle.handle, "", 0) }
                return functions.Prepare(handle.handle, start, Int32(clamping: text.count))
            }
        }
        guard CLIReturn(rawValue: code).isSuccess else { throw failure("preparing") }
    }

    /// Has the driver stop the statement by itself some time after its deadline, where it can. Free when nothing changes.
    func limit(to time: Duration) {
        let seconds = Int(max(1, time.seconds.rounded(.up))) + 1
        var limit = 1
        while limit < seconds { limit *= 2 }
        guard limit != timeLimit else { return }
        timeLimit = limit
        // A driver without limits says so, and runs without.
        _ = functions.SetStmtAttr(
            handle.handle,
            CLINumber.queryTimeout,
            UnsafeMutableRawPointer(bitPattern: limit),
            0
        )
    }

    /// Runs the statement, which the canceller knows to be running.
    func execute() throws(DatabaseError) {
        let code = try canceller.call { CLIReturn(rawValue: functions.Execute(handle.handle)) }
        // An update that found no row has no data.
        guard code.isSuccess || code == .noData else { throw failure("running") }
    }

    /// Brings the columns up to date. Returns whether they were others before.
    func refreshColumns() throws(DatabaseError) -> Bool {
        if let columns, !product.describesFreely, columnCount == columns.forms.count { return false }
        guard let found = CLIColumns.described(handle, product, known: columns) else { throw failure("preparing") }
        defer { columns = found }
        return columns.map { $0.fingerprint != found.fingerprint } ?? false
    }

    private var columnCount: Int? {
        var count: Int16 = 0
        return CLIReturn(rawValue: functions.NumResultCols(handle.handle, &count)).isSuccess ? Int(count) : nil
    }

    private func failure(_ what: String) -> DatabaseError {
        let diagnostics = handle.diagnostics
        stalePlan = stalePlan ?? diagnostics.stalePlan(product.numbers)
        return diagnostics.error(product.numbers, doing: what)
    }

    /// How many placeholders the driver sees; `nil` when it cannot say.
    var parameterCount: Int? {
        var count: Int16 = 0
        return CLIReturn(rawValue: functions.NumParams(handle.handle, &count)).isSuccess ? Int(count) : nil
    }

    /// Goes to the next row. Returns whether there is one.
    func fetch() throws(DatabaseError) -> Bool {
        let code = try canceller.call { CLIReturn(rawValue: functions.Fetch(handle.handle)) }
        if code == .noData { return false }
        guard code.isSuccess else { throw failure("running") }
        return true
    }

    /// How many rows the statement changed; `nil` when the driver does not know.
    var affectedRows: Int? {
        var count: HydrogenCLILength = 0
        guard CLIReturn(rawValue: functions.RowCount(handle.handle, &count)).isSuccess else { return nil }
        let rows = product.numbers.length(count)
        return rows < 0 ? nil : rows
    }

    /// Lets what follows the first result run to its end.
    func drain() throws(DatabaseError) {
        while true {
            let code = try canceller.call { CLIReturn(rawValue: functions.MoreResults(handle.handle)) }
            if code == .noData { return }
            guard code.isSuccess else { throw failure("running") }
        }
    }

    /// Drops what is left of the result. Not where a request to stop hangs, which has the handle still.
    func close() {
        guard !canceller.hasGivenUp else { return }
        _ = functions.FreeStmt(handle.handle, CLINumber.closeCursor)
    }
}
