import HydrogenCore
import Logging
import Synchronization

/// Looks at a Lead's DQMs several times a second: spawns and gives up children as ``Scaling`` decides, and replaces dead workers.
struct LeadWatch: Sendable {
    /// How often it looks.
    static let interval = Duration.milliseconds(200)
    /// How long a query that was asked to stop may run on before its worker is taken for dead.
    static let deadAfter = Duration.seconds(15)

    private let database: Database
    private let hold: Duration
    private let logger: Logger

    init(_ database: Database, hold: Duration, logger: Logger) {
        self.database = database
        self.hold = hold
        self.logger = logger
    }

    /// Watches until the task is cancelled.
    func run() async {
        let configuration = database.configuration
        var scaling = Scaling(
            Scaling.Limits(queues: configuration.queues, children: configuration.maximumChildren),
            hold: hold
        )
        var budget = RestartBudget()
        let spawning = SpawnPause()
        await withDiscardingTaskGroup { group in
            while (try? await database.clock.sleep(for: Self.interval)) != nil {
                replaceDeadWorkers(&budget)
                guard database.phase == .ready else { continue }
                for action in decide(&scaling, maySpawn: !spawning.isOn(at: database.clock.now)) {
                    switch action {
                    case .spawn(let tag): group.addTask { await spawn(tag, spawning) }
                    case .retire(let number): group.addTask { await retire(number) }
                    }
                }
                for tag in QueueTag.childTags { ChildQueues(database).level(tag) }
            }
        }
    }

    private func decide(_ scaling: inout Scaling, maySpawn: Bool) -> [Scaling.Action] {
        let (sights, children, coming) = database.withRoster { roster in
            (
                [sight(of: roster.lead, tag: .lead)] + roster.children.map { sight(of: $0.queue, tag: $0.tag) },
                roster.childCount,
                Dictionary(uniqueKeysWithValues: QueueTag.childTags.map { ($0, roster.reservedCount(of: $0)) })
            )
        }
        return scaling.decide(
            sights,
            children: children,
            coming: coming,
            available: maySpawn ? database.mostChildren : 0,
            now: database.clock.now
        )
    }

    private func sight(of queue: WorkerQueue, tag: QueueTag) -> Scaling.Sight {
        Scaling.Sight(number: queue.number, tag: tag, backlog: queue.backlog, isEmpty: queue.load == 0)
    }

    private func spawn(_ tag: QueueTag, _ pause: SpawnPause) async {
        do throws(DatabaseError) {
            let child = try await ChildQueues(database).spawn(tag)
            logger.report(child.label, .scaledUp(crew(of: tag)))
        } catch {
            guard error.code != .landing else { return }
            pause.begin(at: database.clock.now)
            logger.report(database.lead.label, .notSpawned(tag, error, retryIn: SpawnPause.length))
        }
    }

    private func retire(_ number: Int) async {
        guard let child = await ChildQueues(database).retire(number) else { return }
        let tag = child.label.tags.tags.first ?? .lead
        logger.report(child.label, .scaledDown(crew(of: tag)))
    }

    private func crew(of tag: QueueTag) -> QueueNotice.Crew {
        QueueNotice.Crew(
            tag: tag,
            count: database.withRoster { $0.count(of: tag) },
            maximum: database.configuration.queues[tag]?.maximum ?? 0,
            lead: database.lead.label
        )
    }

    // MARK: Dead workers

    private func replaceDeadWorkers(_ budget: inout RestartBudget) {
        if case .grounded = database.phase { return }
        for queue in database.allQueues where queue.isStuck(limit: Self.deadAfter) {
            let reason = DatabaseError(
                .unavailable,
                "the worker of \(queue.label) does not answer",
                retryAfter: .seconds(1)
            )
            let isLead = queue.number == 0
            guard !isLead, budget.spend(now: database.clock.now) else {
                ground(
                    isLead
                        ? "the Lead's worker does not answer"
                        : "its workers died more than \(RestartBudget.limit) times"
                )
                return
            }
            ChildQueues(database).bury(queue, reason)
            logger.report(queue.label, .replaced)
            // The start sequence spawns what is missing.
            database.reportLoss(reason)
        }
    }

    private func ground(_ reason: String) {
        logger.report(database.lead.label, .grounded(reason: reason))
        database.enter(.grounded(reason: reason))
        let error = DatabaseError(
            .unavailable,
            "database \(database.name) is No-Go: \(reason)",
            retryAfter: .seconds(30)
        )
        for queue in database.allQueues { queue.ground(error, isDead: queue.isStuck(limit: Self.deadAfter)) }
    }
}

/// Holds spawning off for a while after an attempt that failed.
private final class SpawnPause: Sendable {
    /// How long.
    static let length = Duration.seconds(5)

    private let end = Mutex<ContinuousClock.Instant?>(nil)

    /// An attempt has failed.
    func begin(at now: ContinuousClock.Instant) {
        end.withLock { $0 = now + Self.length }
    }

    /// Whether the pause is not over.
    func isOn(at now: ContinuousClock.Instant) -> Bool {
        end.withLock { $0.map { now < $0 } ?? false }
    }
}
