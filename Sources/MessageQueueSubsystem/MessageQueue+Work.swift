import HydrogenCore
import NIOCore
import Synchronization

/// What the subsystem has the queue do beside requests.
extension MessageQueue {
    /// Another server may have stored something, or an operator switched something there.
    func newsCame() {
        settings.hint()
        lookForNews()
    }

    /// Looks for those who wait whether there is something.
    func lookForNews() { engine?.news.look() }

    /// Tells other servers that there may be news.
    func tellOthers() { engine?.news.tellOthers() }

    /// Looks for news at intervals, as time makes messages due and leases end. Runs until cancelled; asks nothing while nobody waits.
    func lookForNews(every interval: Duration) async {
        while !Task.isCancelled {
            try? await clock.sleep(for: interval)
            lookForNews()
        }
    }

    /// Tells other servers that this one is there, and learns whether there are others.
    func sayPresent() async { await engine?.news.sayPresent() }

    /// The most queues whose depths are told.
    static let mostDepths = 500

    /// Looks how much the queues hold.
    func measure() async {
        guard let store = try? store(), let rows = try? await store.rows(.depths, []) else { return }
        let read = rows.compactMap { row in
            (try? JSONParser.own.parse(row.readableBytesView)).flatMap { QueueDepth($0) }
        }
        depths.withLock { $0 = read }
    }

    /// What a scrape asks for.
    package var gauges: Gauges {
        var gauges = Gauges()
        gauges.waitingPops = room.count
        gauges.queues = depths.withLock { $0 }
        guard let engine else { return gauges }
        gauges.isOpen = true
        for (operation, load) in [("push", engine.pushes.load), ("pop", engine.pops.load), ("ack", engine.acks.load)] {
            gauges.load.append((operation, load.waiting, load.limit))
        }
        return gauges
    }

    /// Removes what is too old, as far as `most` allows; `nil` when it cannot be done now.
    func sweep(_ what: String, most: Int, emptyDays: Int) async -> Housekeeping.Sweep? {
        (try? await row(.keepHouse, [what, "\(most)", "\(emptyDays)"])).map { Housekeeping.Sweep($0) }
    }

    /// Tells other servers that this one is gone, in a second or not at all.
    func sayAbsent() async { await engine?.news.sayAbsent() }
}
