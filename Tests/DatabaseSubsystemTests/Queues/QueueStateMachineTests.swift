import HydrogenCore
import NIOCore
import Testing

@testable import DatabaseSubsystem

@Suite struct QueueStateMachineTests {
    private static let start = ContinuousClock.now
    private static let down = DatabaseError(.starting, "starting", retryAfter: .seconds(1))

    private func machine(
        capacity: Int = 10,
        connected: Bool = true,
        ability: QueueStateMachine.Ability = .init()
    ) -> QueueStateMachine {
        var machine = QueueStateMachine(capacity: capacity, down: Self.down)
        if connected { _ = machine.connected(ability) }
        return machine
    }

    private func query(due: Duration = .seconds(30)) -> QueuedQuery {
        QueuedQuery(
            statement: EngineStatement(sql: "SELECT 1", parameterOrder: []),
            values: [],
            isReadOnly: true,
            submittedAt: Self.start,
            deadline: Self.start + due,
            maximumBytes: 1000
        ) { _ in }
    }

    private func rejection(_ action: QueueStateMachine.SubmitAction) -> DatabaseError? {
        if case .rejected(let error) = action { error } else { nil }
    }

    private func wakes(_ action: QueueStateMachine.SubmitAction) -> Bool? {
        if case .accepted(let wake) = action { wake } else { nil }
    }

    private func started(_ work: QueueStateMachine.Work) -> QueuedQuery? {
        if case .query(let query) = work { query } else { nil }
    }

    private func name(_ work: QueueStateMachine.Work) -> String {
        switch work {
        case .job: "job"
        case .query: "query"
        case .advance: "advance"
        case .sleep: "sleep"
        case .stop: "stop"
        case .awaitInterrupt: "await interrupt"
        }
    }

    private let rows = QueryRows(body: .init(), rowCount: 0, columnCount: 0)

    // MARK: Taking and refusing

    @Test("queries run in the order in which they came")
    func order() {
        var machine = machine()
        let queries = [query(), query(), query()]
        for query in queries { _ = machine.submit(query) }
        for query in queries {
            #expect(started(machine.next(free: 1)) === query)
            _ = machine.finish(query, .success(rows))
        }
        #expect(machine.currentStatistics.processed == 3)
    }

    @Test("only a sleeping worker is woken, and once")
    func waking() {
        var machine = machine()
        #expect(wakes(machine.submit(query())) == false)
        _ = machine.finish(started(machine.next(free: 1)) ?? query(), .success(rows))
        #expect(name(machine.next(free: 1)) == "sleep")
        #expect(wakes(machine.submit(query())) == true)
        #expect(wakes(machine.submit(query())) == false)
    }

    @Test("a full queue refuses, and says when it will have drained at the rate of late")
    func full() {
        var machine = machine(capacity: 4)
        let first = query()
        _ = machine.submit(first)
        _ = machine.next(free: 1)
        _ = machine.finish(first, .success(rows))
        machine.worked(for: .seconds(2), on: 1, now: Self.start)
        for _ in 0..<4 { #expect(rejection(machine.submit(query())) == nil) }
        let refusal = rejection(machine.submit(query()))
        #expect(refusal?.code == .queueFull)
        #expect(refusal?.retryAfter == .seconds(8))
        #expect(machine.currentStatistics.rejected == 1)
        #expect(machine.currentStatistics.depth == 4)
    }

    @Test("without a connection queries are refused with the reason")
    func disconnected() {
        var machine = machine(connected: false)
        #expect(rejection(machine.submit(query())) == Self.down)
        _ = machine.connected(.init())
        #expect(rejection(machine.submit(query())) == nil)
    }

    @Test("a lost connection hands back what waited for it")
    func orphans() {
        var machine = machine()
        let queries = [query(), query()]
        for query in queries { _ = machine.submit(query) }
        let reason = DatabaseError(.unavailable, "lost")
        let orphans = machine.disconnected(reason, reason)
        #expect(orphans.count == 2 && orphans[0] === queries[0] && orphans[1] === queries[1])
        #expect(rejection(machine.submit(query())) == reason)
        #expect(machine.currentStatistics.failed == 1, "the refused one; the others go on elsewhere")
        #expect(name(machine.next(free: 1)) == "sleep")
    }

    @Test("each loss is told once, and its reason holds until there is a connection")
    func losses() {
        var machine = machine()
        #expect(machine.takeLoss() == nil && machine.absence == nil)
        let cause = DatabaseError(.unavailable, "farewell", sqlState: "57P01")
        _ = machine.disconnected(DatabaseError(.unavailable, "for callers"), cause)
        #expect(machine.takeLoss() == cause && machine.takeLoss() == nil)
        machine.explain(DatabaseError(.unavailable, "next attempt in 1 s"))
        #expect(machine.absence == cause)
        _ = machine.disconnected(DatabaseError(.unavailable, "for callers"), .closed)
        _ = machine.connected(.init())
        #expect(machine.takeLoss() == .closed && machine.absence == nil)
    }

    @Test(
        "a connection with a bell is woken while it waits for outcomes; another one is left alone",
        arguments: [true, false]
    )
    func bell(hasBell: Bool) {
        var machine = machine(ability: .init(capacity: 2, canInterrupt: false, hasBell: hasBell))
        _ = machine.submit(query())
        #expect(name(machine.next(free: 2)) == "query")
        #expect(name(machine.next(free: 1)) == "advance")
        guard case .accepted(let wake) = machine.submit(query()) else {
            Issue.record("it was not taken")
            return
        }
        #expect(wake == hasBell)
        #expect(name(machine.next(free: 1)) == "query", "the second one, beside the first")
        #expect(name(machine.next(free: 0)) == "advance")
        #expect(machine.drain(.landing) == hasBell)
        #expect(name(machine.next(free: 0)) == "advance")
        #expect(machine.close(now: Self.start).wake == hasBell)
    }

    @Test("each query is measured from its own start")
    func starts() {
        var machine = machine(ability: .init(capacity: 8, canInterrupt: false))
        let queries = [query(), query()]
        for query in queries { _ = machine.submit(query) }
        for second in 1...2 { _ = machine.next(free: 8, now: Self.start + .seconds(second)) }
        let starts = queries.map { machine.finish($0, .success(rows))?.startedAt }
        #expect(starts == [Self.start + .seconds(1), Self.start + .seconds(2)])
    }

    @Test("of many queries the last may run for long: as long as any ends, the worker lives")
    func progress() {
        var machine = machine(ability: .init(capacity: 8, canInterrupt: false))
        for _ in 0..<2 { _ = machine.submit(query(due: .seconds(1))) }
        for _ in 0..<2 { _ = machine.next(free: 8) }
        _ = machine.expire(now: Self.start + .seconds(1))
        machine.worked(for: .seconds(1), on: 1, now: Self.start + .seconds(10))
        #expect(!machine.isStuck(now: Self.start + .seconds(24), limit: .seconds(15)))
        #expect(machine.isStuck(now: Self.start + .seconds(25), limit: .seconds(15)))
    }

    // MARK: Jobs

    @Test("a job waits for running queries and goes before waiting ones")
    func jobs() {
        var machine = machine()
        let (running, waiting) = (query(), query())
        _ = machine.submit(running)
        #expect(name(machine.next(free: 2)) == "query")
        _ = machine.submit(waiting)
        let taken = machine.submit(QueueStateMachine.Job(run: {}, refuse: { _ in }))
        #expect(taken == .accepted(wake: false))
        #expect(name(machine.next(free: 1)) == "advance")
        _ = machine.finish(running, .success(rows))
        #expect(name(machine.next(free: 1)) == "job")
        #expect(started(machine.next(free: 1)) === waiting)
    }

    @Test("a closed queue takes no jobs")
    func jobsAfterClose() {
        var machine = machine()
        _ = machine.close(now: Self.start)
        let taken = machine.submit(QueueStateMachine.Job(run: {}, refuse: { _ in }))
        #expect(taken == .rejected)
    }

    // MARK: Stopping one query

    @Test("a waiting query is taken out without an interrupt")
    func withdrawWaiting() {
        var machine = machine()
        let (first, second) = (query(), query())
        _ = machine.submit(first)
        _ = machine.submit(second)
        let actions = [
            machine.withdraw(first, .callerLeft, now: Self.start),
            machine.withdraw(first, .callerLeft, now: Self.start),
        ]
        #expect(actions == [.complete(whileRunning: false), .none])
        #expect(started(machine.next(free: 1)) === second)
        #expect(machine.currentStatistics.cancelled == 1)
    }

    @Test("a running query is interrupted once, and no other starts until the interrupt has been sent")
    func withdrawRunning() {
        var machine = machine()
        let (running, next) = (query(), query())
        _ = machine.submit(running)
        _ = machine.next(free: 1)
        _ = machine.submit(next)
        let actions = [
            machine.withdraw(running, .callerLeft, now: Self.start),
            machine.withdraw(running, .callerLeft, now: Self.start),
        ]
        #expect(actions == [.interrupt(1), .none])
        _ = machine.finish(running, .success(rows))
        #expect(name(machine.next(free: 1)) == "await interrupt")
        #expect(machine.hasInterrupts(1))
        let wakes = machine.interruptEnded(1)
        #expect(wakes)
        #expect(started(machine.next(free: 1)) === next)
        #expect(next.stopReason == nil)
    }

    @Test(
        "an error after a stop is explained by the stop; a result stays a result",
        arguments: [
            (QueuedQuery.StopReason.callerLeft, DatabaseError.Code.cancelled),
            (.deadline, .deadlineExceeded),
            (.landing, .landing),
        ]
    )
    func explanation(reason: QueuedQuery.StopReason, code: DatabaseError.Code) {
        for outcome in [Result.failure(DatabaseError(.cancelled, "interrupted")), .success(rows)] {
            var machine = machine()
            let query = query()
            _ = machine.submit(query)
            _ = machine.next(free: 1)
            _ = machine.withdraw(query, reason, now: Self.start)
            switch (outcome, machine.finish(query, outcome)?.answer) {
            case (.failure, .failure(let error)): #expect(error.code == code)
            case (.success, .success(let answer)): #expect(answer == rows)
            default: Issue.record("the outcome changed its kind, or was dropped")
            }
        }
    }

    @Test("a refusal by the database is not explained away")
    func refusal() {
        var machine = machine()
        let query = query()
        _ = machine.submit(query)
        _ = machine.next(free: 1)
        let refused = DatabaseError(.refused, "no")
        guard case .failure(let error) = machine.finish(query, .failure(refused))?.answer else {
            Issue.record("a failure became a result")
            return
        }
        #expect(error == refused)
        #expect(machine.currentStatistics.failed == 1)
    }

    // MARK: Deadlines

    @Test("deadlines end what waits and interrupt what runs, and leave the rest alone")
    func expiry() {
        var machine = machine()
        let running = query(due: .seconds(1))
        let late = query(due: .seconds(1))
        let early = query(due: .seconds(9))
        for query in [running, late, early] { _ = machine.submit(query) }
        _ = machine.next(free: 1)
        #expect(machine.expire(now: Self.start).waiting.isEmpty)
        let expiry = machine.expire(now: Self.start + .seconds(2))
        #expect(expiry.waiting.count == 1 && expiry.waiting.first === late)
        #expect(expiry.interrupt == 1)
        #expect(running.stopReason == .deadline)
        #expect(machine.expire(now: Self.start + .seconds(3)).interrupt == nil)
        #expect(early.stopReason == nil)
        #expect(machine.currentStatistics.timedOut == 1)
    }

    // MARK: Connections that cannot be interrupted

    @Test("in a pipeline a stopped query is answered at once, its outcome dropped, and its neighbours go on")
    func abandoning() {
        var machine = machine(ability: .init(capacity: 8, canInterrupt: false))
        let (left, late, neighbour) = (query(), query(due: .seconds(1)), query())
        for query in [left, late, neighbour] {
            _ = machine.submit(query)
            #expect(started(machine.next(free: 8)) === query)
        }
        let actions = [
            machine.withdraw(left, .callerLeft, now: Self.start), machine.withdraw(left, .callerLeft, now: Self.start),
        ]
        #expect(actions == [.complete(whileRunning: true), .none])
        let expiry = machine.expire(now: Self.start + .seconds(2))
        #expect(expiry.abandoned.count == 1 && expiry.abandoned.first === late && expiry.interrupt == nil)
        let outcomes = [left, late, neighbour].map { machine.finish($0, .success(rows))?.answer }
        #expect(outcomes.map { $0 == nil } == [true, true, false])
        #expect(machine.load == 0)
        let statistics = machine.currentStatistics
        #expect([statistics.cancelled, statistics.timedOut, statistics.processed] == [1, 1, 1])
    }

    @Test("closing a pipeline answers what runs in it")
    func closingPipeline() {
        var machine = machine(ability: .init(capacity: 8, canInterrupt: false))
        let running = query()
        _ = machine.submit(running)
        _ = machine.next(free: 8)
        let end = machine.close(now: Self.start)
        #expect(end.abandoned.count == 1 && end.interrupt == nil && end.stopped == 1)
        #expect(machine.finish(running, .success(rows))?.answer == nil)
        #expect(name(machine.next(free: 8)) == "stop")
    }

    @Test("an interrupt that outlives its connection holds nothing up on the next one")
    func lateInterrupt() {
        var machine = machine()
        let (running, next) = (query(), query())
        _ = machine.submit(running)
        _ = machine.next(free: 1)
        #expect(machine.withdraw(running, .callerLeft, now: Self.start) == .interrupt(1))
        _ = machine.finish(running, .failure(DatabaseError(.unavailable, "lost")))
        _ = machine.disconnected(.closed, .closed)
        _ = machine.connected(.init())
        _ = machine.submit(next)
        #expect(started(machine.next(free: 1)) === next)
        #expect(machine.interruptEnded(1) == false)
        #expect(machine.withdraw(next, .callerLeft, now: Self.start) == .interrupt(3))
    }

    // MARK: Scaling

    @Test(
        "a queue is behind when as many wait as its connection takes at once",
        arguments: [(1, 0, false), (1, 1, true), (4, 3, false), (4, 4, true)]
    )
    func backlog(capacity: Int, waiting: Int, isBehind: Bool) {
        var machine = machine(capacity: 100, ability: .init(capacity: capacity))
        for _ in 0..<waiting { _ = machine.submit(query()) }
        #expect(machine.isBacklogged == isBehind)
    }

    @Test("the newest of a tag are given away, in their order")
    func givingAway() {
        var machine = machine()
        let queries = (0..<4).map { _ in query() }
        for query in queries { _ = machine.submit(query) }
        #expect(machine.giveAway(5, of: .slow).isEmpty)
        let given = machine.giveAway(2, of: .fast)
        #expect(given.count == 2 && given[0] === queries[2] && given[1] === queries[3])
        #expect(machine.waitingCount(of: .fast) == 2)
    }

    @Test("a retiring queue sends queries elsewhere, and tells no caller")
    func retiring() {
        var machine = machine()
        _ = machine.drain(.retiring)
        guard case .retired = machine.submit(query()) else {
            Issue.record("a retiring queue took or refused a query")
            return
        }
        #expect(machine.currentStatistics.rejected == 0)
        _ = machine.drain(.landing)
        #expect(rejection(machine.submit(query()))?.code == .landing)
    }

    @Test("a query that does not stop marks the worker as dead; buried, it hands back all it has, once")
    func burial() {
        var machine = machine()
        let (running, waiting) = (query(due: .seconds(1)), query())
        _ = machine.submit(running)
        _ = machine.next(free: 1)
        _ = machine.submit(waiting)
        _ = machine.submit(QueueStateMachine.Job(run: {}, refuse: { _ in }))
        #expect(!machine.isStuck(now: Self.start + .seconds(99), limit: .seconds(15)), "nobody asked it to stop")
        _ = machine.expire(now: Self.start + .seconds(20))
        #expect(!machine.isStuck(now: Self.start + .seconds(34), limit: .seconds(15)))
        #expect(machine.isStuck(now: Self.start + .seconds(35), limit: .seconds(15)))
        let left = machine.bury()
        #expect(left.running.first === running && left.waiting.first === waiting && left.jobs.count == 1)
        #expect(machine.withdraw(running, .callerLeft, now: Self.start) == .none)
        #expect(machine.expire(now: Self.start + .seconds(99)).interrupt == nil)
        guard case .retired = machine.submit(query()) else {
            Issue.record("a dead worker took or refused a query")
            return
        }
        #expect(machine.finish(running, .success(rows))?.answer == nil)
        _ = machine.interruptEnded(1)
        #expect(name(machine.next(free: 1)) == "stop")
    }

    @Test("a grounded queue refuses with the reason, and no connection changes that")
    func grounded() {
        var machine = machine()
        let (running, waiting) = (query(), query())
        _ = machine.submit(running)
        _ = machine.next(free: 1)
        _ = machine.submit(waiting)
        let reason = DatabaseError(.unavailable, "No-Go")
        let left = machine.ground(reason, isDead: false)
        #expect(left.running.count == 1 && left.waiting.count == 1)
        _ = machine.connected(.init())
        #expect(rejection(machine.submit(query())) == reason)
        #expect(machine.finish(running, .success(rows))?.answer == nil)
        let end = machine.close(now: Self.start)
        #expect(end.rejected.isEmpty && end.stopped == 0)
        #expect(name(machine.next(free: 1)) == "stop")
    }

    @Test("a write whose outcome nobody knows is told so, whoever asked it to stop")
    func unknownOutcome() {
        var machine = machine()
        let query = query()
        _ = machine.submit(query)
        _ = machine.next(free: 1)
        _ = machine.withdraw(query, .deadline, now: Self.start)
        let lost = DatabaseError(.unavailable, "lost").withUnknownOutcome
        guard case .failure(let error) = machine.finish(query, .failure(lost))?.answer else {
            Issue.record("a failure became a result")
            return
        }
        #expect(error.code == .deadlineExceeded && error.isOutcomeUnknown)
        #expect(error.message.hasSuffix("whether the query took effect is not known"))
    }

    // MARK: The end

    @Test("a draining queue refuses, runs what waits, and is then drained")
    func draining() {
        var machine = machine()
        let waiting = query()
        _ = machine.submit(waiting)
        _ = machine.drain(.landing)
        #expect(rejection(machine.submit(query()))?.code == .landing)
        #expect(!machine.isDrained)
        #expect(started(machine.next(free: 1)) === waiting)
        _ = machine.finish(waiting, .success(rows))
        #expect(machine.isDrained)
    }

    @Test("closing rejects what waits, interrupts what runs, and stops the worker after it")
    func closing() {
        var machine = machine()
        let (running, waiting) = (query(), query())
        _ = machine.submit(running)
        _ = machine.next(free: 1)
        _ = machine.submit(waiting)
        let end = machine.close(now: Self.start)
        #expect(end.rejected.count == 1 && end.rejected.first === waiting)
        #expect(end.interrupt == 1 && end.stopped == 1 && running.stopReason == .landing)
        #expect(name(machine.next(free: 0)) == "advance")
        _ = machine.finish(running, .failure(DatabaseError(.cancelled, "interrupted")))
        #expect(name(machine.next(free: 1)) == "await interrupt")
        let wakes = machine.interruptEnded(1)
        #expect(wakes)
        #expect(name(machine.next(free: 1)) == "stop")
        #expect(machine.phase == .closed(.landing))
        let again = machine.close(now: Self.start)
        #expect(again.rejected.isEmpty)
    }

    @Test("whatever happens, every query ends exactly once", arguments: [21, 22, 23, 24] as [UInt64])
    func exactlyOnce(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var machine = machine(capacity: 5)
        var alive: [QueuedQuery] = []
        var running: [QueuedQuery] = []
        var ended: [ObjectIdentifier: Int] = [:]
        var interrupts = 0
        func end(_ query: QueuedQuery) {
            ended[ObjectIdentifier(query), default: 0] += 1
            running.removeAll { $0 === query }
        }
        for step in 0..<3000 {
            switch Int.random(in: 0..<10, using: &generator) {
            case 0...3:
                let query = query(due: .seconds(step / 100 + 5))
                alive.append(query)
                if rejection(machine.submit(query)) != nil { end(query) }
            case 4...5:
                if let query = started(machine.next(free: running.isEmpty ? 1 : 0)) { running.append(query) }
            case 6...7:
                guard let query = running.first else { break }
                _ = machine.finish(query, .success(rows))
                end(query)
            case 8:
                guard let query = alive.randomElement(using: &generator) else { break }
                switch machine.withdraw(query, .callerLeft, now: Self.start) {
                case .complete: end(query)
                case .interrupt: interrupts += 1
                case .none: break
                }
            default:
                for query in machine.expire(now: Self.start + .seconds(step / 100)).waiting { end(query) }
                for _ in 0..<interrupts { _ = machine.interruptEnded(1) }
                interrupts = 0
            }
        }
        for query in machine.close(now: Self.start).rejected { end(query) }
        for query in running {
            _ = machine.finish(query, .success(rows))
            end(query)
        }
        #expect(ended.values.allSatisfy { $0 == 1 }, "seed \(seed)")
        #expect(ended.count == alive.count, "seed \(seed)")
        #expect(alive.count > 500, "seed \(seed)")
    }
}

extension QueueStateMachine {
    /// What to do next, at a time that does not matter.
    fileprivate mutating func next(free: Int) -> Work { next(free: free, now: .now) }
}
