import DatabaseSubsystem
import HydrogenCore

/// A request to the conduit's batch after its analysis.
struct QueryBatch: Sendable {
    let database: Database
    /// Each query in the order of the request, or what is wrong with it.
    let queries: [Result<QueryCall, WebError>]
    /// How many of them are run.
    let limit: Int
}

extension QueryRequestParser {
    /// Analyses `{"database": "Shop", "queries": [{"query_ref": 1, "params": {…}}, …]}`.
    ///
    /// - Throws: What is wrong with the whole: body, database, queries. What is wrong with one query stands in its place.
    func batch(for request: QueryRequest) throws(WebError) -> QueryBatch {
        let members = try members(of: request)
        let database = try database(in: members)
        guard case .array(let nodes)? = members["queries"]?.value else {
            throw WebError(
                .invalidParameters,
                title: "Missing required parameter: queries",
                "queries should be an array of objects with query_ref and params"
            )
        }
        guard !nodes.isEmpty else {
            throw WebError(
                .invalidParameters,
                title: "Queries array cannot be empty",
                "queries should have at least one query"
            )
        }
        let caching = CacheWish(request)
        let queries = nodes.map { node in
            Result { () throws(WebError) in
                guard case .object(let members) = node.value else {
                    throw WebError(.invalidParameters, "each of queries should be an object")
                }
                let byName = Dictionary(members.map { ($0.name, $0.node) }) { first, _ in first }
                return try conduitCall(byName, of: database, caching)
            }
        }
        return QueryBatch(database: database, queries: queries, limit: database.configuration.maximumQueriesPerRequest)
    }
}

extension WebError {
    /// A query beyond `MaxQueriesPerRequest`.
    static func tooManyQueries(limit: Int) -> WebError {
        var error = WebError(
            .tooManyQueries,
            "a request has at most \(limit) queries here (MaxQueriesPerRequest); this one was not run"
        )
        error.retryAfter = .seconds(1)
        return error
    }

    /// A query that stands in a batch before, with the same values.
    static let duplicateQuery = WebError(
        .duplicateParameter,
        title: "Duplicate query",
        "the same query with the same parameters stands in the batch before"
    )
}
