import DatabaseSubsystem
import HydrogenCore
import NIOCore

extension QueryRequestParser {
    /// Analyses a request to the conduit: `{"query_ref": 12, "database": "Shop", "params": {"INTEGER": {"id": 5}}}`.
    ///
    /// The queue is the query's own, not the caller's; parameters that the query does not have are named in the answer, and ignored. Other members of
    /// the body are ignored, as the original server ignores them.
    ///
    /// - Throws: The first thing that is wrong, in the order: body, members, database, query, parameters.
    func conduitCall(for request: QueryRequest) throws(WebError) -> QueryCall {
        let members = try members(of: request)
        return try conduitCall(members, of: nil, CacheWish(request))
    }

    /// Analyses one query of the conduit.
    ///
    /// - Parameter database: That of a batch; otherwise the members name it.
    func conduitCall(
        _ members: [String: JSONNode],
        of database: Database?,
        _ caching: CacheWish
    ) throws(WebError) -> QueryCall {
        guard case .number(let number) = members["query_ref"]?.value, let id = Int(number).flatMap(Self.queryID) else {
            throw WebError(
                .invalidParameters,
                title: "Missing or invalid query_ref",
                "query_ref should be the number of a query"
            )
        }
        let database = if let database { database } else { try self.database(in: members) }
        var version: String?
        do throws(WebError) {
            return try conduitCall(id, params: members["params"], of: database, caching, &version)
        } catch {
            throw error.of(tableVersion: version)
        }
    }

    private func conduitCall(
        _ id: QueryID,
        params: JSONNode?,
        of database: Database,
        _ caching: CacheWish,
        _ version: inout String?
    ) throws(WebError) -> QueryCall {
        let query = try query(id, of: database, &version)
        var provided = ProvidedParameters()
        do throws(ParameterFault) {
            if let params { try provided.add(json: params) }
            let (values, unused) = try query.template.bindIgnoringUnused(provided)
            return QueryCall(
                database: database,
                query: query,
                tableVersion: version ?? "",
                values: values,
                queue: query.template.queue ?? (query.isReadOnly ? .fast : .medium),
                timeLimit: timeLimit,
                shape: .conduit(unused: unused),
                caching: caching
            )
        } catch {
            throw WebError(error)
        }
    }

    /// The database that the member of that name names.
    func database(in members: [String: JSONNode]) throws(WebError) -> Database {
        guard case .string(let name) = members["database"]?.value else {
            throw WebError(
                .invalidParameters,
                title: "Missing or invalid database",
                "database should be the name of one"
            )
        }
        return try database(named: name)
    }

    private static func queryID(_ number: Int) -> QueryID? {
        number >= 0 ? QueryID(number) : nil
    }

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
