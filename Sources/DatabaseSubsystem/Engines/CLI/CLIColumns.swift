import CDatabaseClients

/// The columns of a statement's result: their names as JSON has them, and how their values are fetched and written.
struct CLIColumns: Sendable {
    /// The names, made once for all rows.
    let layout: RowColumns
    /// How values are fetched and written, one for each column.
    let forms: [CLIType.Form]
    /// What the engine tells of them.
    let facts: [StatementFacts.Column]
    /// What tells these columns from others: names and types.
    let fingerprint: UInt64

    /// No columns.
    static let none = CLIColumns(layout: RowColumns([]), forms: [], facts: [], fingerprint: 0)

    /// The longest name of a column.
    private static let nameCapacity = 1024

    /// One column as the driver describes it.
    private struct Description {
        var name: String
        var type: CLIType
    }

    /// The columns of a statement that is prepared or runs.
    ///
    /// - Parameter known: What the statement had before; returned when nothing has changed.
    /// - Returns: `nil` when the driver cannot say; its diagnostics tell why.
    static func described(
        _ statement: CLIStatementHandle,
        _ product: CLIProduct,
        known: CLIColumns?
    ) -> CLIColumns? {
        let functions = statement.session.functions
        var count: Int16 = 0
        guard CLIReturn(rawValue: functions.NumResultCols(statement.handle, &count)).isSuccess else { return nil }
        guard count > 0 else { return CLIColumns.none }
        var hash = ContentHash()
        var found: [Description] = []
        found.reserveCapacity(Int(count))
        let isComplete = withUnsafeTemporaryAllocation(of: CChar.self, capacity: nameCapacity) { memory -> Bool in
            guard let start = memory.baseAddress else { return false }
            for column in 1...count {
                var (length, type, scale, isNullable): (Int16, Int16, Int16, Int16) = (0, 0, 0, 0)
                var size: HydrogenCLILength = 0
                let code = functions.DescribeCol(
                    statement.handle,
                    UInt16(column),
                    start,
                    Int16(nameCapacity),
                    &length,
                    &type,
                    &size,
                    &scale,
                    &isNullable
                )
                guard CLIReturn(rawValue: code).isSuccess else { return false }
                memory[nameCapacity - 1] = 0
                let name = String(cString: start)
                hash.combine(name.utf8)
                hash.combine([0, UInt8(truncatingIfNeeded: type), UInt8(truncatingIfNeeded: type >> 8)])
                found.append(Description(name: name, type: CLIType(rawValue: type)))
            }
            return true
        }
        guard isComplete else { return nil }
        if let known, known.fingerprint == hash.value { return known }
        return CLIColumns(found, fingerprint: hash.value, of: statement, product)
    }

    private init(layout: RowColumns, forms: [CLIType.Form], facts: [StatementFacts.Column], fingerprint: UInt64) {
        self.layout = layout
        self.forms = forms
        self.facts = facts
        self.fingerprint = fingerprint
    }

    private init(
        _ found: [Description],
        fingerprint: UInt64,
        of statement: CLIStatementHandle,
        _ product: CLIProduct
    ) {
        let names = (1...found.count).map { Self.typeName(UInt16($0), of: statement) }
        let layout = RowColumns(found.map(\.name))
        self.init(
            layout: layout,
            forms: zip(found, names).map { $0.type.form(named: $1, momentTypes: product.momentTypes) },
            facts: zip(layout.names, names).map { StatementFacts.Column(name: $0, type: $1.isEmpty ? nil : $1) },
            fingerprint: fingerprint
        )
    }

    private static func typeName(_ column: UInt16, of statement: CLIStatementHandle) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { memory in
            guard let start = memory.baseAddress else { return "" }
            start.pointee = 0
            let code = statement.session.functions.ColAttribute(
                statement.handle,
                column,
                CLINumber.typeName,
                start,
                Int16(memory.count),
                nil,
                nil
            )
            memory[memory.count - 1] = 0
            return CLIReturn(rawValue: code).isSuccess ? String(cString: start) : ""
        }
    }
}
