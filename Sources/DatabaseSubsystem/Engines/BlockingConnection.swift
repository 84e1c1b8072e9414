/// A connection that answers each query before `start` returns: one statement after the other, and a batch as one transaction.
protocol BlockingConnection: EngineConnection {
    /// The query that runs now; `nil` while none does, and while what it left behind is cleared away.
    ///
    /// What the connection waits for, it waits for as long as this query wants it.
    var running: QueuedQuery? { get set }

    /// Runs one statement to its end, and leaves nothing of its result behind.
    ///
    /// - Throws: What the engine answered. A write of which nobody knows whether it took effect throws with an unknown outcome,
    ///   unless the query is a batch, of which nothing is kept then.
    func execute(_ step: AtomicBatch.Step, for query: QueuedQuery) throws(DatabaseError) -> QueryRows

    /// Begins the transaction of a batch.
    func beginBatch(isReadOnly: Bool) throws(DatabaseError)

    /// Makes sure, after each query, that the connection can serve the next one: no transaction open, no result left. Sets `loss` in
    /// any doubt.
    func settle()

    /// Waits a while when a query that failed is worth another attempt: its engine rolled it back, as it stood in others' way.
    ///
    /// - Parameter attempts: How many there were.
    /// - Returns: Whether to try again.
    func waitToRetry(_ query: QueuedQuery, after error: DatabaseError, attempts: Int) -> Bool
}

extension BlockingConnection {
    /// One statement at a time.
    var capacity: Int { 1 }
    /// Every start has delivered its outcome.
    var inFlight: Int { 0 }

    /// Never: the caller is told to try again.
    func waitToRetry(_ query: QueuedQuery, after error: DatabaseError, attempts: Int) -> Bool { false }

    func start(_ query: QueuedQuery, _ deliver: Deliver) {
        var attempts = 1
        var outcome = attempt(query)
        while case .failure(let error) = outcome, isUsable, waitToRetry(query, after: error, attempts: attempts) {
            attempts += 1
            outcome = attempt(query)
        }
        deliver(query, outcome)
    }

    private func attempt(_ query: QueuedQuery) -> Result<QueryRows, DatabaseError> {
        running = query
        defer {
            running = nil
            settle()
        }
        return Result { () throws(DatabaseError) in
            if let batch = query.batch { return try execute(batch, for: query) }
            return try execute(AtomicBatch.Step(query), for: query)
        }
    }

    private func execute(_ batch: AtomicBatch, for query: QueuedQuery) throws(DatabaseError) -> QueryRows {
        batch.begin()
        try beginBatch(isReadOnly: batch.isReadOnly)
        do throws(DatabaseError) {
            for (index, step) in batch.steps.enumerated() {
                do throws(DatabaseError) {
                    batch.append(try execute(step, for: query))
                } catch {
                    batch.failed(at: index)
                    throw error
                }
            }
            try commit()
        } catch {
            // A stopped query would stop its own rollback.
            running = nil
            rollback()
            throw error
        }
        return batch.results[batch.steps.count - 1]
    }
}
