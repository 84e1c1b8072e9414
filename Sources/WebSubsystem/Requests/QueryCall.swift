import DatabaseSubsystem

/// A request to the query endpoint after its analysis: nothing is left to be found wrong but by the database.
struct QueryCall: Sendable {
    let database: Database
    let query: PreparedQuery
    /// The version of the query table that has the query.
    let tableVersion: String
    let values: [ParameterValue]
    let queue: QueueTag
    let timeLimit: Duration
    let shape: Shape
    let caching: CacheWish
    /// Whether everybody may get the answer: then caches that many share may keep it.
    let isForEverybody: Bool
    /// How rows are written.
    var format = RowFormat.json
    /// What leads to the next page, of a GET to a query that has pages.
    var pageLink: PageLink?

    /// The form of the response.
    enum Shape: Sendable, Hashable {
        /// That of `/api/query`.
        case query
        /// That of the original server's conduit; parameters that the query does not have are named.
        case conduit(unused: [String])
    }

    /// How long the query may take.
    var timeout: Duration { min(query.template.timeout ?? database.configuration.queryTimeout, timeLimit) }

    /// The answer, where it is kept and fresh and the caller takes it.
    var kept: QueryAnswer? {
        caching.use == .allowed ? database.cached(query, values: values, format: format) : nil
    }

    /// Hands the query in.
    ///
    /// `completion` is called exactly once, on any thread, perhaps before this returns. `stream` takes a large result piece by
    /// piece; without it results are held whole.
    func submit(
        stream: ResultStream.Deliver? = nil,
        completion: @escaping @Sendable (Result<QueryAnswer, DatabaseError>) -> Void
    ) -> QueryTicket {
        database.submit(
            query,
            values: values,
            queue: queue,
            format: format,
            timeLimit: timeLimit,
            cacheUse: caching.use,
            stream: stream,
            completion: completion
        )
    }

    /// Runs the query.
    ///
    /// When the client leaves or the landing stops it, it is taken back or interrupted.
    func run(for client: ClientPresence) async throws(DatabaseError) -> QueryAnswer {
        let result: Result<QueryAnswer, DatabaseError> = await withCheckedContinuation { continuation in
            let ticket = submit { continuation.resume(returning: $0) }
            client.whenGone { ticket.cancel() }
        }
        return try result.get()
    }
}
