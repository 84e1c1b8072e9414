import NIOCore
import Testing

@testable import DatabaseSubsystem

@Suite struct PostgreSQLPipelineTests {
    private let rows = QueryRows(body: ByteBuffer(string: "[]"), rowCount: 0, columnCount: 1)
    private let refused = DatabaseError(.refused, "no")
    private var statements = PostgreSQLStatements(capacity: 8)

    private func query() -> QueuedQuery {
        QueuedQuery(
            statement: EngineStatement(sql: "SELECT 1", parameterOrder: []),
            values: [],
            isReadOnly: true,
            submittedAt: .now,
            deadline: .now + .seconds(1),
            maximumBytes: 1000
        ) { _ in }
    }

    private mutating func flight(attempts: Int = 0) -> PostgreSQLPipeline.Flight {
        let query = query()
        return PostgreSQLPipeline.Flight(
            query: query,
            prepared: statements.add(query.statement.key),
            attempts: attempts
        )
    }

    private func outcome(_ conclusion: PostgreSQLPipeline.Conclusion?) -> String {
        switch conclusion {
        case .finish(_, .success): "rows"
        case .finish(_, .failure(let error)): error.code.rawValue
        case .again: "again"
        case .commit: "commit"
        case nil: "nothing"
        }
    }

    /// A segment of reads: each query, then a sync.
    private mutating func batch(_ count: Int) -> PostgreSQLPipeline {
        var pipeline = PostgreSQLPipeline(sharesSegments: true)
        for _ in 0..<count { pipeline.push(.query(flight())) }
        pipeline.push(.sync)
        return pipeline
    }

    @Test("each read of a batch has its outcome at once")
    mutating func batch() {
        var pipeline = batch(2)
        pipeline.answered(.rows(rows))
        #expect(outcome(pipeline.operationEnded()) == "rows")
        pipeline.answered(.rows(rows))
        #expect(outcome(pipeline.operationEnded()) == "rows")
        #expect(outcome(pipeline.synchronized()) == "nothing")
        #expect(pipeline.isEmpty)
    }

    @Test("a failing read has its error, those before it keep their rows, those behind it are sent again")
    mutating func isolation() {
        var pipeline = batch(3)
        pipeline.answered(.rows(rows))
        #expect(outcome(pipeline.operationEnded()) == "rows")
        pipeline.failed(refused, isStalePlan: false)
        #expect(outcome(pipeline.operationEnded()) == "refused")
        pipeline.answered(.aborted)
        #expect(outcome(pipeline.operationEnded()) == "again")
    }

    @Test("what is aborted a third time fails")
    mutating func abortedTwice() {
        var pipeline = PostgreSQLPipeline(sharesSegments: true)
        pipeline.push(.query(flight(attempts: 2)))
        pipeline.answered(.aborted)
        #expect(outcome(pipeline.operationEnded()) == "unavailable")
    }

    @Test("a query whose statement is refused has that error, and so has the next one of the same statement")
    mutating func refusal() {
        let first = flight()
        var pipeline = PostgreSQLPipeline(sharesSegments: true)
        pipeline.push(.prepare(first.prepared))
        pipeline.push(.query(first))
        pipeline.push(.sync)
        pipeline.failed(refused, isStalePlan: false)
        #expect(outcome(pipeline.operationEnded()) == "nothing")
        pipeline.answered(.aborted)
        #expect(outcome(pipeline.operationEnded()) == "refused")
        #expect(statements.known(first.query.statement.key) == nil)
    }

    @Test(
        "a stale plan is prepared anew, also after a neighbour's fault; not for ever",
        arguments: [(0, "again"), (1, "again"), (2, "refused")]
    )
    mutating func stalePlan(attempts: Int, expected: String) {
        let flight = flight(attempts: attempts)
        var pipeline = PostgreSQLPipeline(sharesSegments: true)
        pipeline.push(.query(flight))
        pipeline.failed(refused, isStalePlan: true)
        #expect(outcome(pipeline.operationEnded()) == expected)
        #expect(statements.known(flight.query.statement.key) == nil)
    }

    @Test("the time limit of a batch sends a read to a slower queue; alone it is the deadline")
    mutating func timeLimit() {
        let error = DatabaseError(.queryCancelled, reason: "timeout", doing: "running")
        for (sharesSegments, expected) in [(true, "outgrown"), (false, "deadlineExceeded")] {
            var pipeline = PostgreSQLPipeline(sharesSegments: sharesSegments)
            pipeline.push(.query(flight()))
            pipeline.push(.sync)
            pipeline.failed(error, isStalePlan: false)
            let ended = pipeline.operationEnded()
            #expect(outcome(sharesSegments ? ended : pipeline.synchronized()) == expected)
        }
    }

    @Test("the time limit sends a read to a slower queue also while its statement is prepared")
    mutating func timeLimitOfPreparing() {
        let first = flight()
        var pipeline = PostgreSQLPipeline(sharesSegments: true)
        pipeline.push(.prepare(first.prepared))
        pipeline.push(.query(first))
        pipeline.push(.sync)
        pipeline.failed(DatabaseError(.queryCancelled, reason: "timeout", doing: "running"), isStalePlan: false)
        _ = pipeline.operationEnded()
        pipeline.answered(.aborted)
        #expect(outcome(pipeline.operationEnded()) == "outgrown")
    }

    @Test("a query that runs alone has its outcome with its sync, and a refused commit is its error")
    mutating func commit() {
        for fails in [false, true] {
            var pipeline = PostgreSQLPipeline(sharesSegments: false)
            pipeline.push(.housekeeping)
            pipeline.push(.sync)
            pipeline.push(.query(flight()))
            pipeline.push(.sync)
            #expect(outcome(pipeline.operationEnded()) == "nothing")
            #expect(outcome(pipeline.synchronized()) == "nothing")
            pipeline.answered(.rows(rows))
            #expect(outcome(pipeline.operationEnded()) == "nothing")
            #expect(pipeline.flights.count == 1)
            if fails { pipeline.failed(refused, isStalePlan: false) }
            #expect(outcome(pipeline.operationEnded()) == "nothing", "a sync ends by itself alone")
            #expect(outcome(pipeline.synchronized()) == (fails ? "refused" : "rows"))
            #expect(pipeline.isEmpty && pipeline.flights.isEmpty)
        }
    }

    @Test("settings that failed are remembered: what ran behind them ran in another state")
    mutating func settings() {
        var pipeline = PostgreSQLPipeline(sharesSegments: false)
        pipeline.push(.settings)
        pipeline.push(.sync)
        pipeline.push(.query(flight()))
        #expect(pipeline.firstFlight == nil && pipeline.firstUnanswered != nil)
        pipeline.failed(refused, isStalePlan: false)
        #expect(outcome(pipeline.operationEnded()) == "nothing")
        #expect(pipeline.hasLostSettings)
    }

    @Test("the first answer counts")
    mutating func firstAnswer() {
        var pipeline = PostgreSQLPipeline(sharesSegments: true)
        pipeline.push(.query(flight()))
        pipeline.answered(.error(.tooLarge(1)))
        pipeline.answered(.rows(rows))
        #expect(outcome(pipeline.operationEnded()) == "resultTooLarge")
    }

    @Test("a lost connection leaves every query without a conclusion to be answered")
    mutating func loss() {
        var pipeline = batch(3)
        pipeline.answered(.rows(rows))
        _ = pipeline.operationEnded()
        #expect(pipeline.flights.count == 2)
        pipeline.removeAll()
        #expect(pipeline.isEmpty && pipeline.flights.isEmpty)
    }

    // MARK: Transactions

    /// A transaction of three statements, as it is sent.
    private mutating func transaction() -> (PostgreSQLPipeline, AtomicBatch) {
        let steps = (0..<3).map { _ in
            let statement = EngineStatement(sql: "SELECT 1", parameterOrder: [])
            return AtomicBatch.Step(statement: statement, values: [], isReadOnly: true, form: ResultForm())
        }
        let batch = AtomicBatch(steps)
        let query = QueuedQuery(
            tag: .medium,
            batch: batch,
            submittedAt: .now,
            deadline: .now + .seconds(30),
            maximumBytes: 1 << 20,
            onDetour: { _, _ in },
            completion: { _ in }
        )
        var pipeline = PostgreSQLPipeline(sharesSegments: false)
        pipeline.push(.housekeeping)
        for (index, step) in steps.enumerated() {
            let prepared = statements.add(step.statement.key)
            pipeline.push(.query(PostgreSQLPipeline.Flight(query: query, prepared: prepared, step: index)))
        }
        pipeline.push(.sync)
        return (pipeline, batch)
    }

    /// Answers the three statements, and returns what the segment comes to.
    private func answer(
        _ pipeline: inout PostgreSQLPipeline,
        _ answers: [PostgreSQLPipeline.Answer]
    ) -> PostgreSQLPipeline.Conclusion? {
        #expect(
            outcome(pipeline.operationEnded()) == "nothing" && pipeline.flights.count == 1,
            "it waits for one outcome"
        )
        for answer in answers {
            pipeline.answered(answer)
            #expect(outcome(pipeline.operationEnded()) == "nothing" && pipeline.flights.count == 1)
        }
        return pipeline.synchronized()
    }

    @Test("a transaction is committed once all its statements have succeeded, and has its outcome then")
    mutating func commits() {
        var (pipeline, batch) = transaction()
        guard case .commit(let flight, let rows)? = answer(&pipeline, [.rows(rows), .rows(rows), .rows(rows)]) else {
            Issue.record("not committed")
            return
        }
        #expect(batch.results.count == 3 && batch.failedStep == nil)
        pipeline.push(.commit(flight, rows))
        pipeline.push(.sync)
        #expect(pipeline.flights.count == 1 && pipeline.firstFlight == nil)
        #expect(outcome(pipeline.operationEnded()) == "nothing" && pipeline.flights.count == 1)
        #expect(outcome(pipeline.synchronized()) == "rows" && pipeline.isEmpty)
    }

    @Test("a commit that is refused is the outcome, and no statement's fault")
    mutating func commitRefused() {
        var (pipeline, batch) = transaction()
        guard case .commit(let flight, let rows)? = answer(&pipeline, [.rows(rows), .rows(rows), .rows(rows)]) else {
            Issue.record("not committed")
            return
        }
        pipeline.push(.commit(flight, rows))
        pipeline.push(.sync)
        pipeline.failed(DatabaseError(.busy, "no"), isStalePlan: false)
        #expect(outcome(pipeline.operationEnded()) == "nothing")
        #expect(outcome(pipeline.synchronized()) == "busy" && batch.failedStep == nil)
    }

    @Test("the first statement that fails decides, whatever comes behind it", arguments: 0..<3)
    mutating func transactionFails(place: Int) {
        var (pipeline, batch) = transaction()
        let error = DatabaseError(.refused, "no")
        let answers = (0..<3).map { step -> PostgreSQLPipeline.Answer in
            step < place ? .rows(rows) : step == place ? .error(error) : .aborted
        }
        #expect(outcome(answer(&pipeline, answers)) == "refused" && batch.failedStep == place)
        // What fails on this side alone is followed by rows of the others.
        var (other, otherBatch) = transaction()
        let mixed = (0..<3).map { step -> PostgreSQLPipeline.Answer in step == place ? .error(error) : .rows(rows) }
        #expect(outcome(answer(&other, mixed)) == "refused" && otherBatch.failedStep == place)
    }

    @Test("a stale plan sends the whole transaction again")
    mutating func transactionIsStale() {
        var (pipeline, batch) = transaction()
        let stale = PostgreSQLPipeline.Answer.stale(DatabaseError(.refused, "stale"))
        #expect(outcome(answer(&pipeline, [.rows(rows), stale, .aborted])) == "again" && batch.failedStep == nil)
    }
}

@Suite struct PostgreSQLStatementsTests {
    private func key() -> EngineStatement.Key { EngineStatement(sql: "SELECT 1", parameterOrder: []).key }

    @Test("names are never used twice, and what is given up is freed once")
    func names() {
        var statements = PostgreSQLStatements(capacity: 2)
        let keys = [key(), key(), key()]
        let names = keys.map { statements.add($0).description }
        #expect(Set(names).count == 3)
        #expect(statements.known(keys[0]) == nil)
        #expect(statements.takeUnused()?.description == names[0])
        #expect(statements.takeUnused() == nil)
        let again = statements.add(keys[1])
        #expect(!names.contains(again.description))
        #expect(statements.takeUnused()?.description == names[1])
    }

    @Test("a stale or refused statement is not known any more")
    func broken() {
        var statements = PostgreSQLStatements(capacity: 2)
        let (stale, refused) = (key(), key())
        statements.add(stale).isStale = true
        statements.add(refused).refusal = DatabaseError(.refused, "no")
        #expect(statements.known(stale) == nil)
        #expect(statements.known(refused) == nil)
    }
}

@Suite struct PostgreSQLParametersTests {
    private func texts(_ values: [ParameterValue]) throws -> [String?] {
        var parameters = PostgreSQLParameters()
        try parameters.fill(EngineStatement(sql: "", parameterOrder: Array(values.indices)), values)
        return parameters.withPointers { count, pointers in
            (0..<Int(count)).map { pointers?[$0].map { String(cString: $0) } }
        }
    }

    @Test("values are written as PostgreSQL reads them")
    func values() throws {
        #expect(
            try texts([
                ParameterValue(type: .integer, content: .integer(.min)), .null(.string),
                ParameterValue(type: .integer, content: .integer(0)),
                ParameterValue(type: .boolean, content: .boolean(true)),
                ParameterValue(type: .float, content: .float(0.1)),
                ParameterValue(type: .string, content: .text("ü'\\")),
                ParameterValue(type: .string, content: .text("")),
            ]) == ["-9223372036854775808", nil, "0", "t", "0.1", "ü'\\", ""]
        )
    }

    @Test("a text with a NUL is refused, not cut")
    func nul() {
        #expect(throws: DatabaseError.self) {
            try texts([ParameterValue(type: .string, content: .text("a\0b"))])
        }
    }
}
