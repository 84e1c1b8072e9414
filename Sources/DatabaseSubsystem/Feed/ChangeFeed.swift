import Glibc
import HydrogenCore
import Logging
import Synchronization

/// Follows the changes of one database's tables, whoever makes them: what was read of them before is void at once.
///
/// One thread with a connection of its own reads; it comes back after each loss, and catches up from where it stood. While
/// it is away, nobody knows what changes: kept results of the tables are not served then, but to bridge an error.
final class ChangeFeed: Sendable {
    /// What became of the triggers at the end.
    enum Ending: Sendable, Hashable {
        /// The feed never began.
        case idle
        /// They were removed: this was the last instance.
        case removed
        /// They stay for other instances.
        case kept
        /// They stay, as nobody could be asked.
        case failed(DatabaseError)
    }

    private let label: QueueLabel
    private let settings: FeedSettings
    private let engine: any DatabaseEngine
    private let epochs: TableEpochs
    /// What this instance is called among those that follow the same database.
    private let instance = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    private let subscribers = ChangeSubscribers()
    private let onSchemaChange: @Sendable () -> Void
    private let wakeup: WakeupSignal
    private let state = Mutex(State())
    private let ended = OneShot<Ending>()

    private struct State {
        var isStarted = false
        var isStopping = false
        /// Whether the last work of the landing is being done.
        var isLeaving = false
        /// What the tables are called, here and by the database.
        var names: [String] = []
        /// What was told of tables that are not watched.
        var told: [String: DatabaseError] = [:]
        /// What was told of changes that no trigger sees.
        var blindSpots: [String: [String]] = [:]
    }

    /// - Parameter onSchemaChange: Called when the database's schema is seen to be another one, as far as that is seen.
    init(
        _ settings: FeedSettings,
        label: QueueLabel,
        engine: any DatabaseEngine,
        epochs: TableEpochs,
        onSchemaChange: @escaping @Sendable () -> Void = {}
    ) throws(DatabaseError) {
        self.onSchemaChange = onSchemaChange
        self.settings = settings
        self.label = label
        self.engine = engine
        self.epochs = epochs
        self.wakeup = try WakeupSignal()
        state.withLock { $0.names = settings.tables }
        epochs.lost(settings.tables)
    }

    // MARK: From outside

    /// Whether the changes of a table are to be told; of a table without a name they are not.
    func follows(_ table: String?) -> Bool {
        guard let table else { return false }
        return settings.tables.map(TableName.init).contains(nameOf: table)
    }

    /// Tells the changes of tables to someone.
    func subscription(to tables: some Sequence<String>) -> ChangeSubscription {
        let subscription = ChangeSubscription(tables: tables)
        subscribers.add(subscription)
        return subscription
    }

    /// Begins to follow; the tables must be there.
    func start(_ logger: Logger) throws(DatabaseError) {
        let isFirst = state.withLock { state in
            guard !state.isStarted, !state.isStopping else { return false }
            state.isStarted = true
            return true
        }
        guard isFirst else { return }
        try WorkerThread.start(named: "feed-\(label.database)") { [self] in ended.fulfil(work(logger)) }
    }

    /// Ends, and returns what became of the triggers.
    func stop() async -> Ending {
        defer { subscribers.end() }
        let isStarted = state.withLock { state in
            state.isStopping = true
            return state.isStarted
        }
        guard isStarted else { return .idle }
        wakeup.raise()
        return await ended.value() ?? .failed(.stoppedByLanding)
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    // MARK: The thread

    private func work(_ logger: Logger) -> Ending {
        var place = FeedPlace()
        var backoff = Backoff()
        var notices = FailureNotices()
        var random = SystemRandomNumberGenerator()
        while !isStopping {
            do throws(DatabaseError) {
                return try follow(&place, logger) {
                    backoff.reset()
                    notices.reset()
                }
            } catch {
                epochs.lost(state.withLock { $0.names })
                guard !isStopping else { return .failed(error) }
                let pause = backoff.next(using: &random)
                if let alike = notices.attemptFailed(error, now: .now) {
                    logger.report(label, .feedLost(error, alike: alike, retryIn: pause))
                }
                wakeup.wait(atMost: pause)
            }
        }
        return .failed(DatabaseError(.unavailable, "the change feed had no connection"))
    }

    /// Follows over one connection, until the end or until it is lost.
    ///
    /// - Parameter isLive: Called when nothing is missed any more.
    private func follow(
        _ place: inout FeedPlace,
        _ logger: Logger,
        isLive: () -> Void
    ) throws(DatabaseError) -> Ending {
        let abort = AbortSignal { [self] in state.withLock { $0.isStopping && !$0.isLeaving } }
        let session = try engine.openFeed(as: "DQM-\(label.database)-feed", abort: abort)
        defer { session.close() }
        let watched = try watch(session, logger)
        if try !session.provesWakeup(wakeup, atMost: FeedLimits.wakeup), !isStopping {
            logger.report(label, .feedPolled(every: settings.pollInterval))
        }
        try catchUp(&place, session, logger)
        epochs.found(watched)
        isLive()
        logger.report(label, .feedLive(tables: watched.count))
        // The feed's own tables and triggers are there by now; what came before is looked at once.
        var schemaMark: String?
        var reportedAt = ContinuousClock.now
        while !isStopping {
            try session.wait(for: wakeup, atMost: settings.pollInterval)
            try take(session.read(from: &place), logger)
            if let mark = try session.schemaMark(), mark != schemaMark {
                schemaMark = mark
                onSchemaChange()
                try look(at: watched, session, &place)
            }
            guard reportedAt.duration(to: .now) > FeedLimits.reportInterval else { continue }
            reportedAt = .now
            try look(at: watched, session, &place)
            _ = try session.report(place, as: instance)
        }
        state.withLock { $0.isLeaving = true }
        return try session.leave(as: instance) ? .removed : .kept
    }

    /// Has every table watched that can be; the others are told, each reason once.
    ///
    /// - Returns: The names of tables whose changes are told from now on.
    private func watch(_ session: any FeedSession, _ logger: Logger) throws(DatabaseError) -> [String] {
        var (watched, names, told) = ([String](), settings.tables, [String: DatabaseError]())
        for table in settings.tables {
            do throws(DatabaseError) {
                let name = try session.watch(table)
                if name != table { names.append(name) }
                if let silence = try session.silence(of: table) { throw DatabaseError(.refused, silence) }
                watched += name == table ? [table] : [table, name]
                tell(try session.blindSpots(of: table), of: table, logger)
            } catch  where !error.isRetryable {
                told[table] = error
            }
        }
        let before = state.withLock { state in
            defer { (state.names, state.told) = (names, told) }
            return state.told
        }
        epochs.lost(names)
        for table in settings.tables {
            if let fault = told[table], fault != before[table] { logger.report(label, .notWatched(table, fault)) }
        }
        guard !watched.isEmpty else { throw DatabaseError(.unavailable, "no table of Triggers.Tables can be watched") }
        return watched
    }

    private func tell(_ blindSpots: [String], of table: String, _ logger: Logger) {
        let before = state.withLock { $0.blindSpots.updateValue(blindSpots, forKey: table) }
        if before != blindSpots, !blindSpots.isEmpty { logger.report(label, .blindSpots(table, blindSpots)) }
    }

    /// Looks whether the same tables tell their changes as when the session began.
    ///
    /// - Throws: `unavailable` where they do not: what happened meanwhile nobody knows, so that the feed begins anew.
    private func look(
        at watched: [String],
        _ session: any FeedSession,
        _ place: inout FeedPlace
    ) throws(DatabaseError) {
        for table in settings.tables {
            let difference =
                watched.contains(table)
                ? try session.silence(of: table)
                : try canWatch(table, session) ? "its changes can be told now" : nil
            guard let difference else { continue }
            place = FeedPlace()
            throw DatabaseError(.unavailable, "\(table): \(difference)")
        }
    }

    private func canWatch(_ table: String, _ session: any FeedSession) throws(DatabaseError) -> Bool {
        do throws(DatabaseError) {
            _ = try session.watch(table)
            return try session.silence(of: table) == nil
        } catch  where !error.isRetryable {
            return false
        }
    }

    /// Brings this instance to the present, by reading what it missed or by taking everything for changed.
    private func catchUp(_ place: inout FeedPlace, _ session: any FeedSession, _ logger: Logger) throws(DatabaseError) {
        let isFirst = place.position == nil
        if try !session.report(place, as: instance) {
            place = FeedPlace()
            _ = try session.read(from: &place)
            // From here on nobody removes what this instance has not read; what was removed before is void with the rest.
            _ = try session.report(place, as: instance)
            epochs.everythingChanged()
            subscribers.tellGap()
            if !isFirst { logger.report(label, .feedGap) }
        }
        try take(session.read(from: &place), logger)
    }

    private func take(_ changes: [TableChange]?, _ logger: Logger) {
        guard let changes else {
            epochs.everythingChanged()
            subscribers.tellGap()
            logger.report(label, .feedGap)
            return
        }
        guard !changes.isEmpty else { return }
        epochs.changed(Set(changes.map(\.table)))
        subscribers.tell(changes)
    }
}
