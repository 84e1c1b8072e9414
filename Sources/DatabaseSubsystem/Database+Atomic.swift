/// Batches that are one transaction.
extension Database {
    /// Why nothing of a batch took effect.
    package struct AtomicFailure: Error, Sendable {
        /// What went wrong.
        package let error: DatabaseError
        /// The index of the query that failed; `nil` when it was the transaction as a whole.
        package let failedStep: Int?
    }

    /// Hands a batch in that runs in one transaction, in order, on one connection. `completion` is called exactly once, on any thread;
    /// it must not block.
    ///
    /// Results are held whole, and neither kept nor taken from the cache. The batch has the time of its slowest query.
    /// - Parameters:
    ///   - queries: The queries with their values, at least one.
    ///   - timeLimit: The longest that the caller waits.
    ///   - completion: Takes the result of each query, in order.
    /// - Returns: What takes the batch back, for callers that leave.
    package func submitAtomically(
        _ queries: [(query: PreparedQuery, values: [ParameterValue])],
        timeLimit: Duration,
        completion: @escaping @Sendable (Result<[QueryAnswer], AtomicFailure>) -> Void
    ) -> QueryTicket {
        let now = clock.now
        let batch = AtomicBatch(
            queries.map { query, values in
                AtomicBatch.Step(
                    statement: query.statement,
                    values: values,
                    isReadOnly: query.isReadOnly,
                    form: query.form()
                )
            }
        )
        let timeout = queries.map { $0.query.template.timeout ?? configuration.queryTimeout }.max() ?? .zero
        let tag = queries.reduce(QueueTag.medium) { $0.limited(by: $1.query.template.queue) }
        // In a transaction that writes a read may write as well, unseen: a SELECT of a function that does.
        let tables = queries.flatMap(\.query.template.tables)
        let whole = QueuedQuery(
            tag: tag,
            batch: batch,
            submittedAt: now,
            deadline: now + min(timeout, timeLimit),
            maximumBytes: configuration.maximumResultBytes,
            onDetour: { [self] query, _ in hand(query, to: query.tag) },
            onStalePlan: { [self] in doubts.raise(.failedPlan) },
            completion: { [self] result in
                heed(result, isReadOnly: batch.isReadOnly, tables: tables)
                completion(
                    result.map { last in
                        batch.results.map {
                            QueryAnswer(rows: $0, queue: last.queue, executionTime: last.executionTime)
                        }
                    }
                    .mapError { AtomicFailure(error: $0, failedStep: batch.failedStep) }
                )
            }
        )
        hand(whole, to: tag)
        return QueryTicket(query: whole)
    }
}
