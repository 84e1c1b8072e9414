/// A query that operators registered beforehand: SQL with typed named parameters, known by its number.
package struct QueryTemplate: Sendable {
    /// The number that callers use.
    package let id: QueryID
    /// A short title, for people.
    package let name: String
    /// What the query is for, for people.
    package let description: String?
    /// The SQL, or the prompt of an AI endpoint.
    package let sql: ParsedSQL
    /// What else an AI endpoint is told; `nil` for SQL, and for a plain prompt.
    let prompt: PromptOptions?
    /// The parameters in the order in which they were declared.
    package let parameters: [ParameterDeclaration]
    /// The queue that the query belongs to; `nil` leaves it to the caller's path.
    package let queue: QueueTag?
    /// The longest that the query may take, in its queue and on the database; `nil` for the connection's default.
    package let timeout: Duration?
    /// How long a result may be served again; zero for never, `nil` for the cache's default.
    package let cacheTTL: Duration?
    /// How long after that it may still be served while it is read anew.
    package let staleWhileRevalidate: Duration
    /// How long after that it may be served in the place of an error.
    package let staleIfError: Duration
    /// The most rows of a result; zero for all, `nil` for the connection's number.
    package let maximumRows: Int?
    /// How the page after a truncated result is asked for; `nil` where the query has no pages.
    package let page: PageRule?
    /// The tables that the query reads, or changes, for the invalidation of cached results.
    package let tables: [String]
    /// Who may run the query.
    package let access: QueryAccess
    /// Whether its author says that the query writes, where the engine cannot know: a `SELECT` of a function that does.
    package let writes: Bool
    /// When the template was last changed, as its source says it.
    package let lastModified: String?
    /// The file, or the row of a bootstrap, that the template comes from; for messages.
    package let source: String
    /// The declarations in the order of the SQL's names: what is bound.
    let bindings: [ParameterDeclaration]
    /// Whether parameters are bound to claims: then only callers of whom something is known can run the query.
    package let isBoundToClaims: Bool

    /// The same template with values for parameters that callers leave out; they win over its own defaults.
    ///
    /// - Throws: `refused` when a value is none of its parameter's type, or breaks its rule.
    func defaulting(to defaults: [String: String]) throws(DatabaseError) -> QueryTemplate {
        guard parameters.contains(where: { defaults[$0.name] != nil }) else { return self }
        let defaulted = try parameters.map { declaration throws(DatabaseError) in
            guard declaration.claim == nil, let text = defaults[declaration.name] else { return declaration }
            guard let value = ParameterValue(text: text, type: declaration.type),
                declaration.rule?.allows(value) ?? true
            else {
                let rule = declaration.rule.map { ", \($0)" } ?? ""
                throw DatabaseError(
                    .refused,
                    "Parameters.\(declaration.name) of its connection should be \(declaration.type.rawValue)\(rule)"
                )
            }
            return ParameterDeclaration(declaration.name, declaration.type, default: value, rule: declaration.rule)
        }
        return QueryTemplate(
            id: id,
            name: name,
            description: description,
            sql: sql,
            parameters: defaulted,
            queue: queue,
            timeout: timeout,
            cacheTTL: cacheTTL,
            staleWhileRevalidate: staleWhileRevalidate,
            staleIfError: staleIfError,
            maximumRows: maximumRows,
            page: page,
            tables: tables,
            access: access,
            writes: writes,
            lastModified: lastModified,
            prompt: prompt,
            source: source
        )
    }

    /// How long results may be served again; `nil` for never.
    ///
    /// - Parameter lifetime: That of a template of the Cache queue that names none.
    func cachePolicy(default lifetime: Duration) -> CachePolicy? {
        let lifetime = cacheTTL ?? (queue == .cache ? lifetime : .zero)
        guard lifetime > .zero else { return nil }
        return CachePolicy(
            lifetime: lifetime,
            staleWhileRevalidate: staleWhileRevalidate,
            staleIfError: staleIfError
        )
    }

    /// What `max_rows` may be.
    static let rowLimits = 0...1_000_000_000

    /// A template.
    ///
    /// A name that the SQL uses and `parameters` does not declare is a required STRING.
    package init(
        id: QueryID,
        name: String,
        description: String? = nil,
        sql: ParsedSQL,
        parameters: [ParameterDeclaration] = [],
        queue: QueueTag? = nil,
        timeout: Duration? = nil,
        cacheTTL: Duration? = nil,
        staleWhileRevalidate: Duration? = nil,
        staleIfError: Duration? = nil,
        maximumRows: Int? = nil,
        page: PageRule? = nil,
        tables: [String] = [],
        access: QueryAccess = .public,
        writes: Bool = false,
        lastModified: String? = nil,
        prompt: PromptOptions? = nil,
        source: String
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.sql = sql
        self.bindings = sql.parameterNames.map { name in
            parameters.first { $0.name == name } ?? ParameterDeclaration(required: name, .string)
        }
        self.parameters =
            parameters
            + bindings.filter { binding in !parameters.contains { $0.name == binding.name } }
        self.isBoundToClaims = bindings.contains { $0.claim != nil }
        self.queue = queue
        self.timeout = timeout
        self.cacheTTL = cacheTTL
        self.staleWhileRevalidate = staleWhileRevalidate ?? .zero
        self.staleIfError = staleIfError ?? .zero
        self.maximumRows = maximumRows
        self.page = page
        self.tables = tables
        self.access = access
        self.writes = writes
        self.lastModified = lastModified
        self.prompt = prompt
        self.source = source
    }
}
