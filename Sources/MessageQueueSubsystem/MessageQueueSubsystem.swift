package import CoreMetrics
package import DatabaseSubsystem
package import HydrogenCore
import Logging
import Synchronization

/// The message queue as a subsystem: brings its schema up to date once its database serves, and takes requests from then on.
package final class MessageQueueSubsystem: Subsystem {
    package let name: SubsystemName = "MessageQueue"
    package let dependencies: [SubsystemName] = ["Logging", "Database"]

    /// How often other instances are looked at: they store messages, and switch settings; and leases and delays run out.
    static let newsInterval = Duration.seconds(1)

    /// How often it is looked what operators have switched on other servers.
    static let settingsInterval = Duration.seconds(30)

    /// How often totals are kept, for reports on what has happened.
    static let historyInterval = Duration.seconds(60)

    /// What the configuration says.
    package let configuration: MessageQueueConfiguration
    let databases: DatabaseSubsystem
    private let metrics: MessageQueueMetrics
    private let flight = Mutex<MessageQueue?>(nil)

    /// A queue in one of the databases.
    ///
    /// - Parameter metrics: Where it counts.
    package init(
        _ configuration: MessageQueueConfiguration,
        databases: DatabaseSubsystem,
        metrics: any MetricsFactory
    ) {
        self.metrics = MessageQueueMetrics(metrics)
        self.configuration = configuration
        self.databases = databases
    }

    /// The operations; `nil` while the subsystem does not fly.
    package var queue: MessageQueue? { flight.withLock { $0 } }

    /// Why the message queue does not work at present; `nil` when it does.
    package var absence: String? {
        guard let queue else { return "the message queue is not in flight" }
        return queue.absence
    }

    /// Whether the database answers, for all that is known.
    package var isDatabaseThere: Bool {
        databases.database(named: configuration.database)?.phase == .ready
            && queue?.bufferStatus?.isDatabaseHealthy ?? true
    }

    // MARK: Readiness

    package var readinessChecks: [ReadinessCheck] {
        [
            .single("database") { [self] in databaseFinding }, .single("connections") { [self] in connectionFinding },
            ReadinessCheck("buffer") { [self] in bufferFindings },
        ]
    }

    // MARK: Flight

    package func launch(_ context: LaunchContext) async throws {
        let name = configuration.database
        guard let database = databases.database(named: name) else {
            throw QueueFault.unavailable(
                "the message queue needs \(name), which is No-Go: \(databases.groundedReason(of: name) ?? "not in flight")",
                retryAfter: nil
            )
        }
        let buffer = try await openBuffer(context)
        let queue = MessageQueue(configuration, buffer: buffer, metrics: metrics, clock: context.clock)
        flight.withLock { $0 = queue }
        let logger = context.logger
        let clock = context.clock
        let opened = opened
        context.keepRunning("schema of the message queue") {
            await Self.open(queue, on: database, clock: clock, logger: logger)
            opened.open()
            await queue.deliverKept()
        }
        context.keepRunning("settings of the message queue") {
            await queue.followSettings(every: Self.settingsInterval)
        }
        context.keepRunning("history of the message queue") { await queue.keepHistory(every: Self.historyInterval) }
        context.keepRunning("news of the message queue") { await queue.lookForNews(every: Self.newsInterval) }
        context.keepRunning("news from other servers") {
            // Without it they come a second later.
            try? await database.listen(to: QueueStatement.channel) { queue.newsCame() }
        }
        let housekeeping = Housekeeping(queue: queue, configuration: configuration, clock: clock, logger: logger)
        context.keepRunning("housekeeping of the message queue") {
            await opened.wait()
            await housekeeping.run()
        }
    }

    private let opened = Latch()

    private func openBuffer(_ context: LaunchContext) async throws(BufferFault) -> PushBuffer? {
        guard let directory = configuration.buffer.directory else { return nil }
        let logger = context.logger
        return try await PushBuffer.open(
            configuration.buffer,
            directory: directory,
            cipher: configuration.cipher,
            clock: context.clock
        ) { notice in
            logger.log(level: notice.level, "\(notice)")
        }
    }

    /// Waits for the database, makes the schema, and lets requests in.
    private static func open(
        _ queue: MessageQueue,
        on database: Database,
        clock: any MonotonicClock,
        logger: Logger
    ) async {
        while await database.awaitReady() {
            do throws(DatabaseError) {
                try await queue.open(try await QueueStore(database, queue.vault, queue.metrics))
                await ClockComparison(queue).report(to: logger)
                return logger.info("Message queue open: its queues are in \(database.name)")
            } catch {
                queue.explain("the message queue cannot use its database: \(error.message)")
                logger.error("Message queue not open: \(error.debugDescription)")
                // What the database refuses an operator must mend; then it goes on by itself.
                try? await clock.sleep(for: error.isRetryable ? .seconds(1) : .seconds(10))
            }
        }
    }

    package func becomeReady() async { await opened.wait() }

    package func land(_ context: LandingContext) async throws -> LandingTally {
        let queue = flight.withLock { flight in
            defer { flight = nil }
            return flight
        }
        await queue?.sayAbsent()
        queue?.close()
        await queue?.closeBuffer(until: min(context.deadline, context.clock.now + .seconds(2)))
        return LandingTally()
    }
}

extension QueueFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed(let what), .notFound(let what), .rolledBack(let what), .failed(let what),
            .unavailable(let what, _):
            what
        case .cancelled: "the caller left"
        }
    }
}
