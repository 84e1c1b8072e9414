import DatabaseSubsystem
import HydrogenCore

/// A request to the conduit's batch after its analysis.
struct QueryBatch: Sendable {
    let database: Database
    /// Each query in the order of the request, or what is wrong with it.
    let queries: [Result<QueryCall, WebError>]
    /// Whether all of them are one transaction: all take effect, or none.
    let isAtomic: Bool
}

extension QueryRequestParser {
    /// Analyses `{"database": "Shop", "queries": [{"query_ref": 1, "params": {…}}, …], "atomic": false}`.
    ///
    /// - Throws: What is wrong with the whole: caller, body, database, queries. What is wrong with one query stands in its place.
    func batch(for request: QueryRequest, to endpoint: ConduitEndpoint) throws(WebError) -> QueryBatch {
        let asked = try conduitRequest(request, to: endpoint)
        let database = try batchDatabase(for: asked)
        guard case .array(let nodes)? = asked.members["queries"]?.value else { throw .missing("queries") }
        guard !nodes.isEmpty else {
            throw WebError(
                .invalidParameters,
                title: "Queries array cannot be empty",
                "queries should have at least one query"
            )
            .with(status: 200)
        }
        guard nodes.count <= Self.mostQueries else {
            throw WebError(.invalidParameters, "queries should have at most \(Self.mostQueries) elements")
        }
        let isAtomic: Bool
        switch asked.members["atomic"]?.value {
        case nil: isAtomic = false
        case .boolean(let flag): isAtomic = flag
        default: throw WebError(.invalidParameters, "atomic should be true or false")
        }
        let limit = database.configuration.maximumQueriesPerRequest
        let queries = nodes.enumerated().map { index, node -> Result<QueryCall, WebError> in
            guard index < limit else { return .failure(.tooManyQueries(limit: limit)) }
            return Result { () throws(WebError) in try self.query(node, of: database, asked) }
        }
        return QueryBatch(
            database: database,
            queries: queries,
            isAtomic: isAtomic
        )
    }

    /// The most elements of a batch, those that are only told that they are too many included.
    private static let mostQueries = 1000

    private func batchDatabase(for asked: ConduitRequest) throws(WebError) -> Database {
        if asked.endpoint != .own, asked.members["database"] == nil { throw .missing("database") }
        do throws(WebError) {
            return try database(for: asked)
        } catch  where error.code == .unknownDatabase {
            throw WebError(error.code, title: "Invalid database", error.message).with(status: 400)
        } catch {
            throw error.inConduit()
        }
    }

    private func query(
        _ node: JSONNode,
        of database: Database,
        _ asked: ConduitRequest
    ) throws(WebError) -> QueryCall {
        guard case .object(let members) = node.value else {
            throw WebError(.invalidParameters, "each of queries should be an object")
        }
        let byName = Dictionary(members.map { ($0.name, $0.node) }) { first, _ in first }
        do throws(WebError) {
            return try conduitCall(byName, of: database, asked)
        } catch {
            throw error.inConduit()
        }
    }
}

extension WebError {
    /// A member that a batch needs.
    fileprivate static func missing(_ name: String) -> WebError {
        WebError(
            .invalidParameters,
            title: "Missing required parameter: \(name)",
            "a batch is an object with database and queries, an array of objects with query_ref and params"
        )
    }

    /// A query beyond `MaxQueriesPerRequest`.
    static func tooManyQueries(limit: Int) -> WebError {
        WebError(
            .tooManyQueries,
            "a request has at most \(limit) queries here (MaxQueriesPerRequest); this one was not run"
        )
        .retrying(after: .seconds(1))
    }

    /// A query that stands in a batch before, with the same values.
    static let duplicateQuery = WebError(
        .duplicateParameter,
        title: "Duplicate query",
        "the same query with the same parameters stands in the batch before"
    )
    .with(status: 200)
}
