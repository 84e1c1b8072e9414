import DatabaseSubsystem
import HydrogenCore
import NIOCore

extension QueryRequestParser {
    /// Whom a request to the conduit comes from, and what its body says.
    struct ConduitRequest: Sendable {
        let endpoint: ConduitEndpoint
        let caller: Caller
        let members: [String: JSONNode]
        let caching: CacheWish
    }

    /// Analyses a request to the conduit: `{"query_ref": 12, "database": "Shop", "params": {"INTEGER": {"id": 5}}}`.
    ///
    /// The queue is the query's own, not the caller's; parameters that the query does not have are named in the answer, and ignored. Other members of
    /// the body are ignored, as the original server ignores them.
    ///
    /// - Throws: The first thing that is wrong, in the order: caller, body, members, database, query, parameters, formats; in the conduit's form.
    func conduitCall(for request: QueryRequest, to endpoint: ConduitEndpoint) throws(WebError) -> QueryCall {
        do throws(WebError) {
            let asked = try conduitRequest(request, to: endpoint)
            var call = try conduitCall(asked.members, of: nil, asked)
            call.format = try RowFormat(accept: request.accept)
            return call
        } catch {
            throw error.inConduit()
        }
    }

    /// Finds out who asks, and reads the body.
    func conduitRequest(
        _ request: QueryRequest,
        to endpoint: ConduitEndpoint
    ) throws(WebError) -> ConduitRequest {
        let shown = try authenticator.caller(request.credentials)
        // The original server takes a token in the body, too: then only the body tells who asks.
        let mayFollow = endpoint == .other && request.credentials == .none
        if endpoint != .open, !shown.isKnown, !mayFollow { throw .conduitUnknownCaller }
        let members = try members(of: request)
        var caller = shown
        if mayFollow {
            guard case .string(let token) = members["token"]?.value else { throw .conduitUnknownCaller }
            caller = try authenticator.caller(.token(token))
            guard caller.isKnown else { throw .conduitUnknownCaller }
        }
        return ConduitRequest(endpoint: endpoint, caller: caller, members: members, caching: CacheWish(request))
    }

    /// Analyses one query of the conduit.
    ///
    /// - Parameter database: That of a batch; otherwise the members, or the caller, name it.
    func conduitCall(
        _ members: [String: JSONNode],
        of database: Database?,
        _ asked: ConduitRequest
    ) throws(WebError) -> QueryCall {
        guard case .number(let number) = members["query_ref"]?.value, let id = Int(number).flatMap(Self.queryID) else {
            throw WebError(
                .invalidParameters,
                title: "Missing or invalid query_ref",
                "query_ref should be the number of a query"
            )
        }
        let database = if let database { database } else { try self.database(for: asked) }
        let found = try query(id, of: database, for: asked)
        let query = found.query
        var provided = ProvidedParameters()
        do throws(ParameterFault) {
            if let params = members["params"] { try provided.add(json: params) }
            let (values, unused) = try query.template.bindIgnoringUnused(provided, claims: asked.caller.claims)
            return QueryCall(
                database: database,
                query: query,
                tableVersion: found.tableVersion,
                values: values,
                queue: query.template.queue ?? (query.isReadOnly ? .fast : .medium),
                timeLimit: timeLimit,
                shape: .conduit(unused: unused),
                caching: asked.caching,
                isForEverybody: policy.isForEverybody(query.template)
            )
        } catch {
            throw WebError(error).of(tableVersion: found.tableVersion)
        }
    }

    private func query(
        _ id: QueryID,
        of database: Database,
        for asked: ConduitRequest
    ) throws(WebError) -> FoundQuery {
        switch asked.endpoint {
        case .open:
            try policy.admit(asked.caller, to: id, of: database.name)
            return try query(id, of: database) { template throws(WebError) in
                guard template.access == .public, !template.isBoundToClaims else { throw .noSuchReference }
            }
        case .own, .other:
            return try query(id, of: database, for: asked.caller)
        }
    }

    /// The database that a request is about: the one it names, or the caller's own.
    func database(for asked: ConduitRequest) throws(WebError) -> Database {
        switch asked.endpoint {
        case .open, .other: return try database(in: asked.members, for: asked.caller)
        case .own:
            guard let name = asked.caller.database, !name.isEmpty else {
                throw WebError(
                    .invalidCredentials,
                    title: "Missing database claim",
                    "this token or key names no database; use alt_query with a database"
                )
            }
            return try database(named: name)
        }
    }

    private func database(in members: [String: JSONNode], for caller: Caller) throws(WebError) -> Database {
        guard case .string(let name) = members["database"]?.value else {
            throw WebError(
                .invalidParameters,
                title: "Missing or invalid database",
                "database should be the name of one"
            )
        }
        try policy.admit(caller, toDatabase: name)
        return try database(named: name)
    }

    private static func queryID(_ number: Int) -> QueryID? {
        number >= 0 ? QueryID(number) : nil
    }

    /// The members of a body that is a JSON object.
    func members(of request: QueryRequest) throws(WebError) -> [String: JSONNode] {
        guard request.body.readableBytes > 0 else {
            throw WebError(.invalidJSON, title: "Missing request body", "the body should be a JSON object")
        }
        try checkContent(of: request)
        let node: JSONNode
        do throws(JSONFault) {
            node = try JSONParser(options: .strict).parse(request.body.readableBytesView)
        } catch {
            throw WebError(.invalidJSON, error.description)
        }
        guard case .object(let members) = node.value else {
            throw WebError(.invalidJSON, "the body should be a JSON object")
        }
        return Dictionary(members.map { ($0.name, $0.node) }) { first, _ in first }
    }
}

extension WebError {
    /// A request without credentials to an endpoint of the conduit that needs them.
    fileprivate static let conduitUnknownCaller = WebError(
        .authenticationRequired,
        title: "Authentication required - send Authorization: Bearer and a token",
        "this endpoint is for callers who prove who they are (API.Auth)"
    )
}
