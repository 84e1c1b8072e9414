import HydrogenCore

/// Reads one query's file and gathers everything that is wrong with it.
struct QueryFileReader {
    private let bytes: [UInt8]
    private let file: String
    private let dialect: SQLDialect
    private let header: QueryHeader
    private var found: [(offset: Int, fault: QueryFileFault)] = []

    init(bytes: [UInt8], file: String, dialect: SQLDialect) {
        self.bytes = bytes
        self.file = file
        self.dialect = dialect
        self.header = QueryHeader(bytes, from: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0, dialect: dialect)
    }

    /// The faults in the order of the text.
    var faults: [QueryFileFault] {
        found.sorted { $0.offset < $1.offset }.map(\.fault)
    }

    /// The template; `nil` when there are faults.
    mutating func template() -> QueryTemplate? {
        guard isUTF8() else { return nil }
        checkKeys()
        let text = sql()
        let sql = ParsedSQL(text, dialect: dialect)
        let parameters = declarations(for: sql)
        let id = identifier()
        let template = QueryTemplate(
            id: id,
            name: value(.name) ?? fileBaseName,
            description: value(.description),
            sql: sql,
            parameters: parameters,
            queue: queue(),
            timeout: duration(.timeout, in: DurationText.timeouts),
            cacheTTL: duration(.cache, in: DurationText.cacheTimes),
            staleWhileRevalidate: duration(.stale, in: DurationText.cacheTimes),
            staleIfError: duration(.staleOnError, in: DurationText.cacheTimes),
            maximumRows: maximumRows(),
            page: page(of: parameters),
            tables: tables(),
            access: access(),
            writes: writes(),
            prompt: prompt(),
            source: file
        )
        return found.isEmpty ? template : nil
    }

    private mutating func add(_ offset: Int, expected: String, got: String, suggestion: String? = nil) {
        let fault = QueryFileFault(
            file: file,
            bytes: bytes,
            offset: offset,
            expected: expected,
            got: got,
            suggestion: suggestion
        )
        found.append((offset, fault))
    }

    private mutating func isUTF8() -> Bool {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
            return true
        } catch {
            add(
                error.byteOffsets.lowerBound,
                expected: "UTF-8 text",
                got: "other bytes",
                suggestion: "save the file as UTF-8"
            )
            return false
        }
    }
}

// MARK: - Header

extension QueryFileReader {
    private typealias Key = QueryHeader.Key

    private func fields(_ key: Key) -> [QueryHeader.Field] {
        header.fields.filter { $0.key == key.rawValue }
    }

    /// The value of a key that is there and not empty; an empty one is reported by ``checkKeys()``.
    private func value(_ key: Key) -> String? {
        fields(key).first.flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    /// Reports unknown keys, keys that stand twice and keys without a value.
    private mutating func checkKeys() {
        var seen: Set<String> = []
        for field in header.fields {
            let known = Key.known(in: dialect)
            guard let key = Key(rawValue: field.key), known.contains(key) else {
                let keys = known.map(\.rawValue).joined(separator: ", ")
                add(
                    field.keyOffset,
                    expected: "one of \(keys)",
                    got: field.key.jsonQuoted,
                    suggestion: "start a plain comment with a capital letter"
                )
                continue
            }
            let mayRepeat = [.parameters, .tables, .system, .schema].contains(key)
            if !seen.insert(field.key).inserted, !mayRepeat {
                add(field.keyOffset, expected: "\(field.key) once", got: "a second one")
            }
            if field.value.isEmpty, key != .parameters {
                add(field.valueOffset, expected: "a value for \(field.key)", got: "nothing")
            }
        }
    }

    private mutating func identifier() -> QueryID {
        guard let field = fields(.id).first else {
            add(0, expected: "a line -- id: NUMBER", got: "none", suggestion: "add: -- id: 1")
            return QueryID(0)
        }
        if let id = QueryID(pathComponent: field.value) { return id }
        if !field.value.isEmpty {
            add(field.valueOffset, expected: "a whole number, 0 or more", got: field.value.jsonQuoted)
        }
        return QueryID(0)
    }

    private var fileBaseName: String {
        let name = file.split(separator: "/").last ?? "query"
        return String(name.hasSuffix(".sql") ? name.dropLast(4) : name)
    }

    private mutating func queue() -> QueueTag? {
        guard let field = fields(.queue).first, !field.value.isEmpty else { return nil }
        let tag = QueueTag(pathComponent: field.value.lowercased())
        if tag == nil { add(field.valueOffset, expected: "slow, medium, fast or cache", got: field.value.jsonQuoted) }
        return tag
    }

    private mutating func duration(_ key: Key, in range: ClosedRange<Duration>) -> Duration? {
        guard let field = fields(key).first, !field.value.isEmpty else { return nil }
        let duration = DurationText.duration(field.value, in: range)
        if duration == nil {
            add(field.valueOffset, expected: DurationText.expectation(range), got: field.value.jsonQuoted)
        }
        return duration
    }

    private mutating func maximumRows() -> Int? {
        guard let field = fields(.maximumRows).first, !field.value.isEmpty else { return nil }
        if let number = DecimalText.integer(field.value), QueryTemplate.rowLimits.contains(Int(number)) {
            return Int(number)
        }
        let limit = QueryTemplate.rowLimits.upperBound
        add(field.valueOffset, expected: "a whole number, 0 to \(limit)", got: field.value.jsonQuoted)
        return nil
    }

    private mutating func page(of parameters: [ParameterDeclaration]) -> PageRule? {
        guard let field = fields(.page).first, !field.value.isEmpty else { return nil }
        let here = QueryFileFault(file: file, bytes: bytes, offset: field.valueOffset, expected: "", got: "")
        do throws(PageRule.Fault) {
            return try PageRule(field.value, of: parameters, place: "\(file):\(here.line):\(here.column)")
        } catch {
            add(field.valueOffset + error.offset, expected: error.expected, got: error.got)
            return nil
        }
    }

    private mutating func writes() -> Bool {
        guard let field = fields(.writes).first, !field.value.isEmpty else { return false }
        let word = field.value.lowercased()
        if word != "true", word != "false" {
            add(field.valueOffset, expected: "true or false", got: field.value.jsonQuoted)
        }
        return word == "true"
    }

    private mutating func access() -> QueryAccess {
        guard let field = fields(.access).first, !field.value.isEmpty else { return .public }
        if let access = QueryAccess(rawValue: field.value.lowercased()) { return access }
        add(field.valueOffset, expected: "public or protected", got: field.value.jsonQuoted)
        return .protected
    }

    private mutating func tables() -> [String] {
        var tables: [String] = []
        for field in fields(.tables) where !field.value.isEmpty {
            guard let names = TableList.names(in: field.value) else {
                add(field.valueOffset, expected: TableList.expectation, got: field.value.jsonQuoted)
                continue
            }
            tables += names.filter { !tables.contains($0) }
        }
        return tables
    }
}

// MARK: - What prompts have besides

extension QueryFileReader {
    private mutating func prompt() -> PromptOptions? {
        guard dialect == .prompt else { return nil }
        return PromptOptions(model: model(), system: lines(.system), schema: schema())
    }

    private mutating func model() -> String? {
        guard let field = fields(.model).first, !field.value.isEmpty else { return nil }
        if field.value.count > PromptOptions.longestModel {
            let expected = "at most \(PromptOptions.longestModel) characters"
            add(field.valueOffset, expected: expected, got: "\(field.value.count)")
        }
        return field.value
    }

    private mutating func schema() -> ReplySchema? {
        guard let text = lines(.schema), let first = fields(.schema).first else { return nil }
        do throws(ReplySchema.Fault) {
            return try ReplySchema(text)
        } catch {
            add(first.valueOffset, expected: error.expected, got: error.got)
            return nil
        }
    }

    /// The lines of a key that may have several; `nil` when it has none.
    private func lines(_ key: Key) -> String? {
        let lines = fields(key).map(\.value).filter { !$0.isEmpty }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }
}

// MARK: - SQL and its parameters

extension QueryFileReader {
    /// The one statement of the file, without its semicolon; a prompt as it stands.
    private mutating func sql() -> String {
        let text = String(decoding: bytes[header.end...], as: UTF8.self)
        guard dialect != .prompt else {
            let prompt = text.trimmingSQLSpace
            if prompt.isEmpty { add(header.end, expected: "a prompt after the header", got: "the end of the file") }
            return prompt
        }
        let statements = SQLScript(text, dialect: dialect).statements
        if statements.isEmpty { add(header.end, expected: "SQL after the header", got: "the end of the file") }
        if let second = statements.dropFirst().first {
            add(
                offset(ofLine: second.line),
                expected: "one statement",
                got: "\(statements.count)",
                suggestion: "give each statement a file of its own"
            )
        }
        return statements.first?.text ?? ""
    }

    private func offset(ofLine line: Int) -> Int {
        let breaks = bytes.indices.dropFirst(header.end).filter { bytes[$0] == UInt8(ascii: "\n") }
        return line > 1 ? breaks[line - 2] + 1 : header.end
    }

    /// The declared parameters, compared with those that the SQL uses.
    private mutating func declarations(for sql: ParsedSQL) -> [ParameterDeclaration] {
        var declared: [(declaration: ParameterDeclaration, offset: Int)] = []
        var isComplete = true
        for field in fields(.parameters) {
            let list = ParameterList(field.value)
            isComplete = isComplete && list.problems.isEmpty
            for problem in list.problems {
                let offset = field.valueOffset + problem.offset
                add(offset, expected: problem.expected, got: problem.got, suggestion: problem.suggestion)
            }
            for item in list.items {
                let offset = field.valueOffset + item.offset
                if declared.contains(where: { $0.declaration.name == item.declaration.name }) {
                    add(offset, expected: "each parameter once", got: "\(item.declaration.name) a second time")
                } else {
                    declared.append((item.declaration, offset))
                }
            }
        }
        for (declaration, offset) in declared where !sql.parameterNames.contains(declaration.name) {
            let got = "a declaration alone"
            add(offset, expected: ":\(declaration.name) in the SQL", got: got, suggestion: "use it or remove it")
        }
        // A declaration that cannot be read may be the one that seems to be missing.
        if isComplete {
            checkUndeclared(sql.parameterNames.filter { name in !declared.contains { $0.declaration.name == name } })
        }
        return declared.map(\.declaration)
    }

    private mutating func checkUndeclared(_ names: [String]) {
        let invalid = names.filter { !ParameterDeclaration.isValidName($0) }
        for name in invalid {
            let limit = ParameterDeclaration.maximumNameLength
            add(
                offset(ofParameter: name),
                expected: "a name of ASCII letters, digits and underscores, at most \(limit) characters",
                got: ":\(name)"
            )
        }
        let valid = names.filter(ParameterDeclaration.isValidName)
        guard let first = valid.first else { return }
        let lines = valid.map { "\($0) \(Self.likelyType(of: $0).rawValue)" }.joined(separator: ", ")
        guard fields(.parameters).isEmpty else {
            for name in valid {
                let suggestion = "add to parameters: \(name) \(Self.likelyType(of: name).rawValue)"
                add(
                    offset(ofParameter: name),
                    expected: "a declared parameter",
                    got: ":\(name)",
                    suggestion: suggestion
                )
            }
            return
        }
        add(
            offset(ofParameter: first),
            expected: "a line -- parameters: that declares what the SQL uses",
            got: "none",
            suggestion: "add: -- parameters: \(lines)"
        )
    }

    /// Where a name stands first.
    private func offset(ofParameter name: String) -> Int {
        var scanner = SQLScanner(bytes, dialect: dialect, from: header.end)
        while let token = scanner.next() {
            if token.kind == .parameter, bytes[token.range.dropFirst()].elementsEqual(name.utf8) {
                return token.range.lowerBound
            }
        }
        return header.end
    }

    /// A guess for a suggestion: people count what they call id, number, limit.
    private static func likelyType(of name: String) -> ParameterType {
        let isCounted = ["id", "number", "limit", "offset", "count"].contains { name == $0 || name.hasSuffix("_\($0)") }
        return isCounted ? .integer : .string
    }
}
