import HydrogenCore

/// Reads one row of a bootstrap's result and gathers what is wrong with it.
struct BootstrapRowReader {
    private let row: DatabaseRow
    private let number: Int
    private let source: String
    /// What is wrong with the row.
    private(set) var faults: [BootstrapFault] = []
    /// Whether a column that every row needs is not in the result at all.
    private(set) var lacksRequiredColumn = false

    init(_ row: DatabaseRow, number: Int, source: String) {
        self.row = row
        self.number = number
        self.source = source
    }

    /// The engine that the row is for; `nil` when it is for all.
    var databaseType: String? { value("database_type")?.trimmedText }

    /// The template; `nil` when the row has faults.
    mutating func template(dialect: SQLDialect) -> QueryTemplate? {
        let identifier = identifier()
        let text = sql(dialect: dialect)
        guard let identifier, let text else { return nil }
        let sql = ParsedSQL(text, dialect: dialect)
        checkNames(of: sql)
        let parameters = parameters(for: sql)
        let template = QueryTemplate(
            id: identifier,
            name: value("name")?.trimmedText ?? "Query \(identifier)",
            sql: sql,
            parameters: parameters,
            queue: queue(),
            timeout: duration("timeout", in: DurationText.timeouts, zero: nil),
            cacheTTL: duration("cache_ttl", in: DurationText.cacheTimes, zero: .zero),
            staleWhileRevalidate: duration("cache_stale", in: DurationText.cacheTimes, zero: .zero),
            staleIfError: duration("cache_stale_on_error", in: DurationText.cacheTimes, zero: .zero),
            maximumRows: maximumRows(),
            page: page(of: parameters, in: sql),
            tables: tables(),
            access: access(),
            writes: writes(),
            lastModified: value("last_modified")?.trimmedText,
            prompt: dialect == .prompt ? prompt() : nil,
            source: "\(source) row \(number)"
        )
        return faults.isEmpty ? template : nil
    }

    private mutating func add(_ column: String, expected: String, got: String) {
        faults.append(BootstrapFault(source: source, row: number, column: column, expected: expected, got: got))
    }

    private mutating func add(_ column: String, expected: String, got value: DatabaseValue) {
        add(
            column,
            expected: expected,
            got: value.trimmedText.map { String($0.prefix(60)).jsonQuoted } ?? value.kindName
        )
    }

    /// The first of the columns that is there and not NULL.
    private func value(_ names: String...) -> DatabaseValue? {
        names.lazy.compactMap { row[$0] }.first { $0 != .null }
    }
}

// MARK: - Columns

extension BootstrapRowReader {
    private mutating func identifier() -> QueryID? {
        guard let value = required("query_id", "ref", "query_ref", expected: "a whole number, 0 or more") else {
            return nil
        }
        if let number = value.wholeNumber, number >= 0 { return QueryID(Int(number)) }
        add("query_id", expected: "a whole number, 0 or more", got: value)
        return nil
    }

    private mutating func sql(dialect: SQLDialect) -> String? {
        guard let value = required("sql_template", "query", expected: "SQL") else { return nil }
        guard let text = value.trimmedText else {
            add("sql_template", expected: "SQL", got: value.kindName)
            return nil
        }
        let statements = dialect == .prompt ? [] : SQLScript(text, dialect: dialect).statements
        return statements.count == 1 ? statements[0].text : text
    }

    private mutating func required(_ names: String..., expected: String) -> DatabaseValue? {
        let there = names.compactMap { row[$0] }
        if let value = there.first(where: { $0 != .null }) { return value }
        lacksRequiredColumn = lacksRequiredColumn || there.isEmpty
        add(names[0], expected: expected, got: there.isEmpty ? "no column \(names.joined(separator: " or "))" : "NULL")
        return nil
    }

    private mutating func queue() -> QueueTag? {
        guard let value = value("queue"), let text = value.trimmedText else { return nil }
        let tag = QueueTag(pathComponent: text.lowercased()) ?? value.wholeNumber.flatMap { Self.queuesByNumber[$0] }
        if tag == nil {
            add("queue", expected: "slow, medium, fast or cache; or 0 cache, 1 slow, 2 medium, 3 fast", got: value)
        }
        return tag
    }

    /// The numbers of the original server's query table.
    private static let queuesByNumber: [Int64: QueueTag] = [0: .cache, 1: .slow, 2: .medium, 3: .fast]

    private mutating func duration(_ column: String, in range: ClosedRange<Duration>, zero: Duration?) -> Duration? {
        guard let value = value(column), let text = value.trimmedText else { return nil }
        if value.wholeNumber == 0 { return zero }
        let duration: Duration?
        if case .float(let seconds) = value {
            duration = seconds.magnitude < 1e9 ? .seconds(seconds) : nil
        } else {
            duration = DurationText.duration(text, in: range)
        }
        if let duration, range.contains(duration) { return duration }
        add(column, expected: DurationText.expectation(range), got: value)
        return nil
    }

    private mutating func maximumRows() -> Int? {
        guard let value = value("max_rows"), value.trimmedText != nil else { return nil }
        if let number = value.wholeNumber, QueryTemplate.rowLimits.contains(Int(number)) { return Int(number) }
        add("max_rows", expected: "a whole number, 0 to \(QueryTemplate.rowLimits.upperBound)", got: value)
        return nil
    }

    private mutating func page(of declared: [ParameterDeclaration], in sql: ParsedSQL) -> PageRule? {
        guard let text = value("page")?.trimmedText else { return nil }
        // What is not declared is text.
        let others = sql.parameterNames.filter { name in !declared.contains { $0.name == name } }
        let parameters = declared + others.map { ParameterDeclaration(required: $0, .string) }
        do throws(PageRule.Fault) {
            return try PageRule(text, of: parameters, place: "\(source) row \(number)")
        } catch {
            add("page", expected: error.expected, got: error.got)
            return nil
        }
    }

    private mutating func access() -> QueryAccess {
        guard let value = value("access", "type"), let text = value.trimmedText else { return .public }
        if let access = QueryAccess(rawValue: text.lowercased()) { return access }
        if let type = value.wholeNumber { return type == Self.publicType ? .public : .protected }
        add("access", expected: "public or protected; or 10 for public, another number for protected", got: value)
        return .protected
    }

    private mutating func writes() -> Bool {
        guard let value = value("writes"), let text = value.trimmedText else { return false }
        switch text.lowercased() {
        case "true", "1": return true
        case "false", "0": return false
        default:
            add("writes", expected: "true or false", got: value)
            return false
        }
    }

    /// The columns of prompts; those of SQL may have the same names for something else.
    private mutating func prompt() -> PromptOptions? {
        var schema: ReplySchema?
        if let text = value("schema")?.trimmedText {
            do throws(ReplySchema.Fault) {
                schema = try ReplySchema(text)
            } catch {
                add("schema", expected: error.expected, got: error.got)
            }
        }
        let model = value("model")
        if let count = model?.trimmedText?.count, count > PromptOptions.longestModel {
            add("model", expected: "at most \(PromptOptions.longestModel) characters", got: "\(count)")
        }
        return PromptOptions(model: model?.trimmedText, system: value("system")?.trimmedText, schema: schema)
    }

    /// The original server's type of public queries.
    private static let publicType = 10

    private mutating func tables() -> [String] {
        guard let value = value("tables"), let text = value.trimmedText else { return [] }
        if let names = text.hasPrefix("[") ? Self.names(inJSON: text) : TableList.names(in: text) { return names }
        add("tables", expected: TableList.expectation + ", or a JSON array of them", got: value)
        return []
    }

    private static func names(inJSON text: String) -> [String]? {
        guard case .array(let nodes)? = try? JSONParser(options: .strict).parse(text.utf8).value else { return nil }
        let names = nodes.compactMap { node in if case .string(let name) = node.value { name } else { nil } }
        return names.count == nodes.count && names.allSatisfy(TableList.isName) ? names : nil
    }

    // MARK: Parameters

    private mutating func parameters(for sql: ParsedSQL) -> [ParameterDeclaration] {
        guard let text = value("parameters")?.trimmedText else { return [] }
        let parsed = BootstrapParameters(text)
        for problem in parsed.problems { add("parameters", expected: problem.expected, got: problem.got) }
        for declaration in parsed.declarations where !sql.parameterNames.contains(declaration.name) {
            add("parameters", expected: ":\(declaration.name) in the SQL", got: "a declaration alone")
        }
        return parsed.declarations
    }

    private mutating func checkNames(of sql: ParsedSQL) {
        if sql.parameterNames.count > ParameterDeclaration.maximumCount {
            let expected = "at most \(ParameterDeclaration.maximumCount) parameters"
            add("sql_template", expected: expected, got: "\(sql.parameterNames.count)")
        }
        for name in sql.parameterNames where !ParameterDeclaration.isValidName(name) {
            let limit = ParameterDeclaration.maximumNameLength
            let expected = "names of ASCII letters, digits and underscores, at most \(limit) characters"
            add("sql_template", expected: expected, got: ":\(name)")
        }
    }
}
