import HydrogenCore

/// How long one call, or all calls for one query, may wait for the server.
struct MySQLPatience {
    private enum Purpose {
        /// Unless the landing comes.
        case own(AbortSignal)
        /// As long as the query is wanted, and the time that the server needs to notice that it is not.
        case query(QueuedQuery, MySQLInterrupter)
    }

    private let purpose: Purpose
    private var patience = ServerPatience(quickTimeout: nil)
    /// How long the server may say nothing; `nil` for as long as the landing allows.
    private let silence: Duration?
    private var lastHeard = ContinuousClock.now
    /// When work that must be done in a time as a whole ends.
    private let deadline: ContinuousClock.Instant?
    /// Since when nobody wants the rows that come.
    private var unwantedSince: ContinuousClock.Instant?
    /// Since when the server talks on though nobody listens any more.
    private var talksSince: ContinuousClock.Instant?
    /// When it was last asked, while the server talks, whether anybody still listens.
    private var lastLook = ContinuousClock.now
    /// Whether nobody has asked the server yet to stop those rows.
    private var asksAtOnce = false

    /// Since when the server says nothing though it was given its time.
    private var overSince: ContinuousClock.Instant?

    /// How long anything may come that nobody wants.
    private static let unwantedLimit = Duration.seconds(5)
    /// How long a server that answers other requests may take to undo what it stops. Short of what counts as a dead worker.
    private static let undoLimit = Duration.seconds(9)

    /// For work of the connection's own.
    ///
    /// - Parameters:
    ///   - silence: How long the server may say nothing; `nil` for as long as the landing allows.
    ///   - limit: How long it may take as a whole; `nil` for as long as the server says something.
    init(silence: Duration?, within limit: Duration? = nil, _ abort: AbortSignal) {
        purpose = .own(abort)
        self.silence = silence
        deadline = limit.map { .now + $0 }
    }

    /// For a query that runs.
    init(_ query: QueuedQuery, _ interrupter: MySQLInterrupter) {
        purpose = .query(query, interrupter)
        silence = nil
        deadline = nil
    }

    /// The server said something. Returns why not to listen any longer all the same: one that never ends would fill the memory.
    mutating func heard() -> DatabaseError? {
        let now = ContinuousClock.now
        patience.heard()
        lastHeard = now
        overSince = nil
        guard lastLook.duration(to: now) >= ServerPatience.slice else { return nil }
        lastLook = now
        if let deadline, now >= deadline { return .silentServer }
        if case .query(let query, let interrupter) = purpose { stopIfUnwanted(query, interrupter) }
        guard isUnwanted(at: now) else { return nil }
        // The first words may be all that there is to come: that the server has stopped.
        let since = talksSince ?? now
        talksSince = since
        return since.duration(to: now) > Self.unwantedLimit ? .silentServer : nil
    }

    private func isUnwanted(at now: ContinuousClock.Instant) -> Bool {
        switch purpose {
        case .own(let abort): abort.isRaised
        case .query(let query, _): query.stopReason != nil || query.deadline <= now
        }
    }

    /// Nobody wants the rows that still come: the server is asked to stop, if they do not end soon.
    mutating func giveUpRows() {
        guard unwantedSince == nil else { return }
        unwantedSince = .now
        asksAtOnce = true
    }

    /// Why not to wait any longer; to be asked after each slice in which nothing came, and now and then while rows come that nobody wants.
    mutating func objection() -> DatabaseError? {
        let now = ContinuousClock.now
        switch purpose {
        case .own(let abort):
            if abort.isRaised { return .stoppedByLanding }
            if let silence, lastHeard.duration(to: now) >= silence { return .silentServer }
            if let deadline, now >= deadline { return .silentServer }
            return nil
        case .query(let query, let interrupter):
            stopIfUnwanted(query, interrupter)
            if let unwantedSince, unwantedSince.duration(to: now) > Self.unwantedLimit { return .silentServer }
            guard patience.isOver(waitingFor: query) else { return nil }
            let since = overSince ?? now
            overSince = since
            return interrupter.showsLife && since.duration(to: now) < Self.undoLimit ? nil : .silentServer
        }
    }

    private mutating func stopIfUnwanted(_ query: QueuedQuery, _ interrupter: MySQLInterrupter) {
        guard unwantedSince != nil || query.stopReason != nil, interrupter.requests.isQuiet else { return }
        let isDue = patience.allowsCancel()
        guard isDue || asksAtOnce else { return }
        asksAtOnce = false
        // A request that meets an idle session, or one of the connection's own statements, is lost: it is sent again.
        interrupter.interrupt {}
    }
}
