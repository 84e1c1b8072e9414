import DequeModule

/// What was sent over one connection and not answered yet, in order, and what each answer means. Pure: no I/O.
///
/// Operations stand in segments that end with a sync. Within a segment an error aborts what follows, which never ran. A query that
/// runs alone, in a segment of its own, has its outcome when the sync has come: only then is it committed. Of reads that share a
/// segment each has its outcome at once.
/// Source: PostgreSQL manual, section 34.5.
struct PostgreSQLPipeline {
    /// One query on its way, or one statement of a batch that is a transaction.
    struct Flight {
        let query: QueuedQuery
        let prepared: PostgreSQLStatements.Prepared
        /// Which statement of the batch; 0 of a query that is none.
        var step = 0
        /// How often the query was sent before and did not run: for a neighbour's fault, and for its own stale plan.
        var attempts = 0

        /// Whether it is sent once more. Alone in its segment it can only fail by itself.
        fileprivate var mayRepeat: Bool { attempts < 2 }

        /// Whether nothing of the query comes behind it.
        var isLast: Bool { query.batch.map { step == $0.steps.count - 1 } ?? true }

        /// Whether the statement only reads.
        var isReadOnly: Bool { query.batch?.steps[step].isReadOnly ?? query.isReadOnly }

        /// How the statement's result is written.
        var form: ResultForm { query.batch?.steps[step].form ?? query.form }
    }

    /// One thing that was sent.
    enum Operation {
        /// What the connection needs for itself. Its outcome matters to nobody.
        case housekeeping
        /// What brings the session into the state that the next query needs.
        case settings
        case prepare(PostgreSQLStatements.Prepared)
        case query(Flight)
        /// The end of a batch all of whose statements have succeeded, with the rows of the last.
        case commit(Flight, QueryRows)
        case sync
    }

    /// What the server answered to a query.
    enum Answer {
        case rows(QueryRows)
        case error(DatabaseError)
        /// The query did not run: an earlier one of its segment failed.
        case aborted
        /// The query did not run: its statement has to be prepared anew.
        case stale(DatabaseError)
    }

    /// What is to be done with a query.
    enum Conclusion {
        case finish(Flight, Result<QueryRows, DatabaseError>)
        /// Sent again, in a segment of its own.
        case again(Flight)
        /// Every statement of a batch has succeeded: its transaction is to be committed.
        case commit(Flight, QueryRows)
    }

    /// Whether a change of settings failed: what ran behind it ran in another state than it should.
    private(set) var hasLostSettings = false

    /// Whether reads share segments.
    let sharesSegments: Bool

    private var sent = Deque<Operation>()
    /// The answer to the first operation, a query, as far as it has come.
    private var answer: Answer?
    /// The query that runs alone and waits for its sync.
    private var uncommitted: (flight: Flight, answer: Answer)?

    /// Whether what waits for its sync is the end of a batch.
    private var isCommitting = false

    init(sharesSegments: Bool) {
        self.sharesSegments = sharesSegments
    }

    /// Whether everything was answered.
    var isEmpty: Bool { sent.isEmpty }

    /// The query whose answer comes next.
    var firstFlight: Flight? { if case .query(let flight) = sent.first { flight } else { nil } }

    /// Whether the answer of that query has come, but for its end.
    var hasAnswer: Bool { answer != nil }

    /// The first query without a conclusion.
    var firstUnanswered: Flight? {
        if let uncommitted { return uncommitted.flight }
        for case .query(let flight) in sent { return flight }
        return nil
    }

    /// The queries without a conclusion, in order; of a batch its last statement.
    var flights: [Flight] {
        let all =
            (uncommitted.map { [$0.flight] } ?? [])
            + sent.compactMap {
                switch $0 {
                case .query(let flight), .commit(let flight, _): flight
                case .housekeeping, .settings, .prepare, .sync: nil
                }
            }
        return all.filter(\.isLast)
    }

    mutating func push(_ operation: Operation) {
        sent.append(operation)
    }

    /// Forgets everything, for a connection that is lost.
    mutating func removeAll() {
        self = PostgreSQLPipeline(sharesSegments: sharesSegments)
    }

    /// The first operation's answer has come. The first one counts: what follows it is the rest of a result that nobody wants.
    mutating func answered(_ answer: Answer) {
        if firstFlight != nil, self.answer == nil { self.answer = answer }
    }

    /// The server said an error.
    ///
    /// - Parameter isStalePlan: Whether it means that a statement has to be prepared anew.
    mutating func failed(_ error: DatabaseError, isStalePlan: Bool) {
        switch sent.first {
        case .prepare(let prepared): prepared.refusal = error
        case .query(let flight):
            if isStalePlan {
                flight.prepared.isStale = true
                flight.query.planWasStale()
            }
            answered(isStalePlan ? .stale(error) : .error(error))
        // What a commit itself refuses: a deferred constraint, a serialization failure.
        case .commit: answer = answer ?? .error(error)
        case .sync: uncommitted?.answer = .error(error)
        case .settings: hasLostSettings = true
        case .housekeeping, nil: break
        }
    }

    /// The server has no more to say of the first operation. A sync ends by ``synchronized()`` alone.
    mutating func operationEnded() -> Conclusion? {
        if case .sync = sent.first { return nil }
        let operation = sent.popFirst()
        if case .commit(let flight, let rows) = operation {
            uncommitted = (flight, answer ?? .rows(rows))
            answer = nil
            isCommitting = true
            return nil
        }
        guard case .query(let flight) = operation else { return nil }
        let answer = answer ?? .aborted
        self.answer = nil
        guard sharesSegments else {
            uncommitted = (flight, taken(answer, of: flight))
            return nil
        }
        return conclude(flight, answer)
    }

    /// The answer to a batch so far, of which another statement was answered: the first failure counts.
    private func taken(_ answer: Answer, of flight: Flight) -> Answer {
        guard let batch = flight.query.batch else { return answer }
        if flight.step > 0, let former = uncommitted?.answer {
            guard case .rows = former else { return former }
        }
        if let refusal = flight.prepared.refusal {
            batch.failed(at: flight.step)
            return .error(refusal)
        }
        switch answer {
        case .rows(let rows): batch.append(rows)
        case .error: batch.failed(at: flight.step)
        case .aborted, .stale: break
        }
        return answer
    }

    /// The first operation, a sync, has come.
    mutating func synchronized() -> Conclusion? {
        _ = sent.popFirst()
        defer {
            uncommitted = nil
            isCommitting = false
        }
        guard let (flight, answer) = uncommitted else { return nil }
        if flight.query.batch != nil, !isCommitting, case .rows(let rows) = answer { return .commit(flight, rows) }
        return conclude(flight, answer)
    }

    private func conclude(_ flight: Flight, _ answer: Answer) -> Conclusion {
        switch answer {
        case .rows(let rows): return .finish(flight, .success(rows))
        case .error(let error):
            let tookLong = sharesSegments && error.code == .deadlineExceeded
            return .finish(flight, .failure(tookLong ? .outgrown : error))
        case .stale(let error):
            return flight.mayRepeat ? .again(flight) : .finish(flight, .failure(error))
        case .aborted:
            // A query is aborted by the refusal of its own statement, or by a neighbour.
            if let refusal = flight.prepared.refusal { return conclude(flight, .error(refusal)) }
            return flight.mayRepeat ? .again(flight) : .finish(flight, .failure(.aborted))
        }
    }
}

extension DatabaseError {
    /// For a query that did not run though nothing says why.
    fileprivate static let aborted = DatabaseError(
        .unavailable,
        "the query did not run; retry it",
        retryAfter: .seconds(1)
    )
}
