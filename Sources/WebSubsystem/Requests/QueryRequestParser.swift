import DatabaseSubsystem
import NIOCore

/// The analysis of requests to the query endpoint: from path, query string and body to a query with its values.
///
/// It is synchronous, knows no HTTP library and touches no connection: both lanes of the server use it.
struct QueryRequestParser: Sendable {
    /// What the paths of the endpoint begin with: `/api/query/`.
    let prefix: String

    /// The conduit's endpoints for one query by their paths: `/api/conduit/query`.
    let conduit: [String: ConduitEndpoint]
    /// Who asks.
    let authenticator: Authenticator
    /// Who may do what.
    let policy: AccessPolicy
    /// The longest that a caller waits.
    let timeLimit: Duration

    private let databases: DatabaseSubsystem

    /// An analysis for paths below `API.Prefix`; no caller waits longer than `timeLimit` for a query.
    init(
        apiPrefix: String,
        databases: DatabaseSubsystem,
        timeLimit: Duration,
        authenticator: Authenticator,
        policy: AccessPolicy
    ) {
        self.prefix = apiPrefix + "/query/"
        self.conduit = Dictionary(
            uniqueKeysWithValues: ConduitEndpoint.allCases.map { ($0.route.template(prefix: apiPrefix), $0) }
        )
        self.authenticator = authenticator
        self.policy = policy
        self.databases = databases
        self.timeLimit = timeLimit
    }

    /// Analyses a request.
    ///
    /// - Throws: The first thing that is wrong, in the order: caller, path, database, query, queue, method, parameters, formats.
    func call(for request: QueryRequest) throws(WebError) -> QueryCall {
        guard request.target.path.utf8.starts(with: prefix.utf8) else {
            guard let endpoint = conduit[String(request.target.path)] else { throw .noSuchRoute }
            return try conduitCall(for: request, to: endpoint)
        }
        let caller = try authenticator.caller(request.credentials)
        let segments = try Segments(request.target, prefix: prefix)
        let database = try database(segments.database, for: caller)
        let found = try query(segments.query, of: database, for: caller)
        do throws(WebError) {
            return try call(for: request, segments, of: database, found, caller)
        } catch {
            throw error.of(tableVersion: found.tableVersion)
        }
    }

    private func call(
        for request: QueryRequest,
        _ segments: Segments,
        of database: Database,
        _ found: FoundQuery,
        _ caller: Caller
    ) throws(WebError) -> QueryCall {
        let query = found.query
        guard let queue = QueueTag(pathComponent: segments.queue) else {
            throw WebError(.unknownQueue, "the queue of a path is slow, medium, fast or cache")
        }
        if request.method == .reading, !query.isReadOnly { throw Self.writes(query) }
        let provided = try parameters(of: request, segment: segments.parameters)
        let values: [ParameterValue]
        do throws(ParameterFault) {
            values = try query.template.bind(provided, claims: caller.claims)
        } catch {
            throw WebError(error)
        }
        return QueryCall(
            database: database,
            query: query,
            tableVersion: found.tableVersion,
            values: values,
            queue: queue,
            timeLimit: timeLimit,
            shape: .query,
            caching: CacheWish(request),
            isForEverybody: policy.isForEverybody(query.template),
            format: try RowFormat(accept: request.accept),
            pageLink: request.method == .reading && query.template.page != nil
                ? PageLink(path: prefix + segments.base, provided: provided) : nil
        )
    }

    /// The three or four segments after the prefix.
    private struct Segments {
        let database: Substring
        let query: Substring
        let queue: Substring
        let parameters: Substring?

        /// What stands before the parameters.
        var base: String { "\(database)/\(query)/\(queue)" }

        init(_ target: RequestTarget, prefix: String) throws(WebError) {
            let path = target.path
            var rest = path[path.utf8.index(path.startIndex, offsetBy: prefix.utf8.count)...]
            guard let database = Self.take(&rest), !database.isEmpty, let query = Self.take(&rest) else {
                throw .noSuchRoute
            }
            self.database = database
            self.query = query
            if let queue = Self.take(&rest) {
                guard !rest.utf8.contains(UInt8(ascii: "/")) else { throw .noSuchRoute }
                self.queue = queue
                parameters = rest
            } else {
                queue = rest
                parameters = nil
            }
        }

        /// Takes what stands before the next slash, and the slash; `nil` when there is none.
        private static func take(_ rest: inout Substring) -> Substring? {
            guard let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
            defer { rest = rest[rest.utf8.index(after: slash)...] }
            return rest[..<slash]
        }
    }
}

/// A query that may be run, and the version of the table that it stands in.
struct FoundQuery: Sendable {
    let query: PreparedQuery
    let tableVersion: String
}

// MARK: - Database and query

extension QueryRequestParser {
    private func database(_ segment: Substring, for caller: Caller) throws(WebError) -> Database {
        guard let name = PercentDecoding.text(segment.utf8.span, plusIsSpace: false) else {
            throw WebError(.malformedRequest, "the database's name should be UTF-8 without NUL, percent-encoded")
        }
        try policy.admit(caller, toDatabase: name)
        return try database(named: name)
    }

    func database(named name: String) throws(WebError) -> Database {
        // Swift compares characters, and U+212A is the character K: names are compared by their bytes.
        if let database = databases.database(named: name), database.name.utf8.elementsEqual(name.utf8) {
            return database
        }
        if databases.groundedReason(of: name) != nil {
            throw Self.unavailable("database \(name) is No-Go; the readiness endpoint has the reason")
        }
        throw WebError(.unknownDatabase, "no database is named \(name.prefix(64)); letter case counts")
    }

    private func query(
        _ segment: Substring,
        of database: Database,
        for caller: Caller
    ) throws(WebError) -> FoundQuery {
        guard let id = QueryID(pathComponent: segment) else {
            throw WebError(.unknownQuery, "a query is named by its number")
        }
        return try query(id, of: database, for: caller)
    }

    /// The query of a number, for a caller who may run it.
    func query(_ id: QueryID, of database: Database, for caller: Caller) throws(WebError) -> FoundQuery {
        try policy.admit(caller, to: id, of: database.name)
        return try query(id, of: database) { template throws(WebError) in
            try policy.admit(caller, to: template, of: database.name)
        }
    }

    /// The query of a number.
    ///
    /// - Parameter admit: Refuses callers who may not run it; asked before anything is told of it.
    func query(
        _ id: QueryID,
        of database: Database,
        _ admit: (QueryTemplate) throws(WebError) -> Void
    ) throws(WebError) -> FoundQuery {
        let (entry, version) = database.lookUp(id)
        do throws(WebError) {
            if let entry { try admit(entry.template) }
            return FoundQuery(query: try ready(entry, id, of: database), tableVersion: version ?? "")
        } catch {
            throw error.of(tableVersion: version)
        }
    }

    private func ready(
        _ entry: QueryTable.Entry?,
        _ id: QueryID,
        of database: Database
    ) throws(WebError) -> PreparedQuery {
        switch entry {
        case .ready(let query): return query
        case .noGo(let query):
            throw WebError(.queryNoGo, "query \(id) of \(database.name) is No-Go: \(query.reason)")
                .retrying(after: .seconds(30))
        case nil:
            try throwIfNotServing(database)
            throw WebError(.unknownQuery, "\(database.name) has no query \(id)")
        }
    }

    /// A database without its table knows no query: that is not the caller's fault.
    private func throwIfNotServing(_ database: Database) throws(WebError) {
        switch database.phase {
        case .starting(let reason):
            throw Self.unavailable("database \(database.name) is starting" + (reason.map { ": \($0)" } ?? ""))
        case .landing, .landed: throw .landing
        case .grounded(let reason): throw Self.unavailable("database \(database.name) is No-Go: \(reason)")
        case .ready, .recovering: break
        }
    }

    private static func unavailable(_ message: String) -> WebError {
        WebError(.unavailable, message).retrying(after: .seconds(1))
    }

    private static func writes(_ query: PreparedQuery) -> WebError {
        WebError(.queryWrites, "query \(query.template.id) may write: call it with POST").allowing(["POST"])
    }
}

// MARK: - Parameters

extension QueryRequestParser {
    private func parameters(of request: QueryRequest, segment: Substring?) throws(WebError) -> ProvidedParameters {
        var provided = ProvidedParameters()
        do throws(ParameterFault) {
            if let segment { try provided.add(pathSegment: Self.pairs(of: segment)) }
            if let query = request.target.query { try provided.add(queryString: query) }
        } catch {
            throw WebError(error)
        }
        if request.method == .writing, request.body.readableBytes > 0 { try add(bodyOf: request, to: &provided) }
        return provided
    }

    /// The parameters of a path as `name=value` pairs, also when the caller encoded them as a whole: `id%3D1`.
    ///
    /// A pair has a raw `=`, so a segment without one was encoded as a whole, and is decoded once: what it then says is
    /// literal.
    private static func pairs(of segment: Substring) -> Substring {
        guard segment.utf8.contains(UInt8(ascii: "%")), !segment.utf8.contains(UInt8(ascii: "=")),
            let text = PercentDecoding.text(segment.utf8.span, plusIsSpace: false), !text.utf8.starts(with: "{".utf8)
        else { return segment }
        return text.replacing("%", with: "%25")[...]
    }

    private func add(bodyOf request: QueryRequest, to provided: inout ProvidedParameters) throws(WebError) {
        try checkContent(of: request)
        do throws(ParameterFault) {
            try provided.add(jsonBody: request.body.readableBytesView)
        } catch {
            throw WebError(error)
        }
    }

    /// Refuses a body that is no JSON, or compressed.
    func checkContent(of request: QueryRequest) throws(WebError) {
        guard Self.isJSON(request.contentType) else {
            throw WebError(.unsupportedContent, "a body should be a JSON object with Content-Type: application/json")
        }
        guard request.contentEncoding.map({ $0.lowercased() == "identity" }) ?? true else {
            throw WebError(.unsupportedContent, "a body should not be compressed (Content-Encoding)")
        }
    }

    /// Whether a media type is `application/json`, its parameters aside; none at all is taken for it.
    private static func isJSON(_ contentType: String?) -> Bool {
        guard let contentType else { return true }
        let type = contentType.prefix { $0 != ";" }.lowercased()
        return type.filter { $0 != " " && $0 != "\t" } == "application/json"
    }
}
