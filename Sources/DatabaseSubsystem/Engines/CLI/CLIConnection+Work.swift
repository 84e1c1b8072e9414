import CDatabaseClients
import HydrogenCore

/// What a Lead does itself: transactions, bootstraps, descriptions, signs of life.
extension CLIConnection {
    /// The longest value of Hydrogen's own queries.
    private static let maximumValueBytes = 16 << 20
    /// How long a sign of life may take.
    private static let checkLimit = Duration.seconds(5)

    // MARK: Transactions

    /// Transactions begin by themselves once the driver no longer commits each statement.
    func begin(_ isolation: TransactionIsolation?) throws(DatabaseError) {
        try sweep()
        if let isolation {
            guard session.set(CLINumber.isolation, to: isolation.cliNumber) == .success else {
                throw failure("beginning a transaction")
            }
            hasOwnIsolation = true
        }
        guard session.set(CLINumber.autocommit, to: 0).isSuccess else { throw failure("beginning a transaction") }
        commitsEach = false
    }

    func commit() throws(DatabaseError) {
        guard endTransaction(CLINumber.commit).isSuccess else {
            let error = failure("committing")
            // Nobody knows whether the server had committed before it was lost.
            throw loss == nil ? error : error.withUnknownOutcome
        }
        try endOfTransaction()
    }

    func rollback() {
        // A request to stop that hangs has the driver still; a session that is over keeps nothing.
        guard loss == nil else { return }
        do throws(DatabaseError) {
            guard endTransaction(CLINumber.rollback).isSuccess else { throw failure("rolling back") }
            try endOfTransaction()
        } catch {
            loss = loss ?? error
        }
    }

    private func endTransaction(_ how: Int16) -> CLIReturn {
        CLIReturn(rawValue: session.functions.EndTran(CLINumber.connection, session.handle, how))
    }

    private func endOfTransaction() throws(DatabaseError) {
        guard session.set(CLINumber.autocommit, to: 1).isSuccess else { throw failure("ending a transaction") }
        commitsEach = true
        guard hasOwnIsolation else { return }
        let number = isolation?.cliNumber ?? session.number(CLINumber.defaultIsolation).map { Int($0) } ?? 0
        guard number == 0 || session.set(CLINumber.isolation, to: number).isSuccess else {
            throw failure("ending a transaction")
        }
        hasOwnIsolation = false
    }

    private func failure(_ what: String) -> DatabaseError {
        let diagnostics = session.diagnostics
        return noted(diagnostics.error(product.numbers, doing: what))
    }

    /// Whether the product rolls statements back that make tables. Source: ODBC API reference, SQL_TXN_CAPABLE: 2 is SQL_TC_ALL.
    var undoesSchemaChanges: Bool { session.number(CLINumber.transactionAbility).map { $0 & 0xFFFF == 2 } ?? false }

    // MARK: Statements

    func run(_ sql: String) throws(DatabaseError) {
        try sweep()
        try noting { () throws(DatabaseError) in
            let statement = try prepared(sql)
            try start(statement, EngineStatement(sql: sql, parameterOrder: []), [])
            defer { finish(statement) }
            try statement.drain()
        }
    }

    /// Where a product has no `IF NOT EXISTS`, a statement that finds nothing tells whether the table is there.
    func makeTable(_ name: String, _ columns: String) throws(DatabaseError) {
        let definition = "\(name) (\(columns))"
        guard !product.knowsIfNotExists else { return try run("CREATE TABLE IF NOT EXISTS \(definition)") }
        do throws(DatabaseError) {
            let look = EngineStatement(sql: "SELECT 1 FROM \(name) WHERE 1 = 0", parameterOrder: [])
            _ = try rows(look, [], limit: 1)
        } catch {
            guard error.code == .refused else { throw error }
            try run("CREATE TABLE \(definition)")
        }
    }

    func rows(
        _ statement: EngineStatement,
        _ values: [ParameterValue],
        limit: Int
    ) throws(DatabaseError) -> [DatabaseRow] {
        try rows(statement, values, limit: limit, within: nil)
    }

    func read(_ statement: EngineStatement, _ values: [ParameterValue], limit: Int, within timeout: Duration)
        throws(DatabaseError) -> [DatabaseRow]
    {
        guard try StatementKind(statement.sql, .cli).isReading else { throw .writesWhereReading }
        return try rows(statement, values, limit: limit, within: timeout)
    }

    private func rows(
        _ statement: EngineStatement,
        _ values: [ParameterValue],
        limit: Int,
        within timeout: Duration?
    ) throws(DatabaseError) -> [DatabaseRow] {
        try sweep()
        return try noting { () throws(DatabaseError) in
            let prepared = try self.prepared(statement.sql)
            if let timeout { prepared.limit(to: timeout) }
            try start(prepared, statement, values)
            defer { finish(prepared) }
            _ = try prepared.refreshColumns()
            guard let columns = prepared.columns, columns.layout.count > 0 else { return [] }
            var rows: [DatabaseRow] = []
            while try prepared.fetch() {
                guard rows.count < limit else {
                    throw DatabaseError(.resultTooLarge, "the result has more than \(limit) rows")
                }
                rows.append(try present(prepared, columns))
            }
            return rows
        }
    }

    private func present(_ statement: CLIStatement, _ columns: CLIColumns) throws(DatabaseError) -> DatabaseRow {
        row.begin(columns: columns.forms.count)
        var values: [DatabaseValue] = []
        for (column, form) in columns.forms.enumerated() {
            values.append(try row.value(column, form, of: statement.handle, limit: Self.maximumValueBytes))
        }
        return DatabaseRow(columns: columns.layout.names, values: values)
    }

    private func noting<Value>(_ body: () throws(DatabaseError) -> Value) throws(DatabaseError) -> Value {
        do throws(DatabaseError) {
            return try body()
        } catch {
            throw noted(error)
        }
    }

    // MARK: Descriptions and signs of life

    func describe(_ statement: EngineStatement) throws(DatabaseError) -> DescribedStatement {
        let isReading = try StatementKind(statement.sql, .cli).isReading
        guard SQLScript(statement.sql).statements.count == 1 else {
            throw DatabaseError(.refused, "preparing: a query runs exactly one statement")
        }
        try sweep()
        return try noting { () throws(DatabaseError) in
            let prepared = try self.prepared(statement.sql)
            _ = try prepared.refreshColumns()
            if let count = prepared.parameterCount, count != statement.parameterOrder.count {
                throw DatabaseError(
                    .refused,
                    "preparing: the driver sees \(count) parameters, the query has \(statement.parameterOrder.count)"
                )
            }
            let facts = StatementFacts(columns: prepared.columns?.facts ?? [], isReadOnly: isReading)
            return DescribedStatement(statement, facts: facts)
        }
    }

    func check() throws(DatabaseError) {
        try sweep()
        do throws(DatabaseError) {
            try ping()
        } catch {
            loss = loss ?? error
            throw error
        }
    }

    /// Asks for a sign of life, whatever the product calls it.
    ///
    /// Nobody stops it, also not who stops the query that waits for it: that would look like the end of the connection.
    func ping() throws(DatabaseError) {
        let statement = try CLIStatement(product.ping, on: session, product, CLICanceller())
        statement.limit(to: Self.checkLimit)
        try statement.execute()
        defer { statement.close() }
        while try statement.fetch() {}
    }
}
