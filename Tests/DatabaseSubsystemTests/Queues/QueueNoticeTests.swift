import HydrogenCore
import Logging
import Testing

@testable import DatabaseSubsystem

@Suite struct QueueNoticeTests {
    private static let lead = QueueLabel(database: "Shop", number: 0, tags: [TagSet(.lead), TagSet(.slow)])
    private static let child = QueueLabel(database: "Shop", number: 7, tags: TagSet(.medium))
    private static let crew = QueueNotice.Crew(tag: .medium, count: 2, maximum: 3, lead: lead)
    private static let outcome = ReloadOutcome("Shop", replaced: .empty, by: .empty)
    private static let error = DatabaseError(.unavailable, "gone", detail: "why", sqlState: "08006")

    @Test(
        "every line begins with the label that speaks, and has its level",
        arguments: [
            (.threadStarted(isChild: false), .notice, "DQM-Shop-07-M: Worker thread started"),
            (.threadStarted(isChild: true), .debug, "DQM-Shop-07-M: Worker thread started"),
            (.connected, .notice, "DQM-Shop-07-M: Connection attempt: SUCCESS"),
            (.migrated(available: 3, applied: 1), .notice, "DQM-Shop-07-M: Migrations: 3 available, 1 applied now"),
            (.noGo(fault: "query 5: no"), .warning, "DQM-Shop-07-M: No-Go: query 5: no"),
            (.goodAgain(QueryID(5)), .notice, "DQM-Shop-07-M: Go: query 5 can be used again"),
            (.contractsNotKept("no room"), .warning, "DQM-Shop-07-M: Contracts: NOT kept: no room"),
            (
                .schemaNotSeen(error), .warning,
                "DQM-Shop-07-M: Contracts: changes of the schema go unnoticed: unavailable [08006]: gone (why)"
            ),
            (
                .reloadSuperseded(isAccepted: false), .warning,
                "DQM-Shop-07-M: Queries NOT reloaded, as asked: a later load of them is in use"
            ),
            (
                .reloadSuperseded(isAccepted: true), .warning,
                "DQM-Shop-07-M: Queries NOT reloaded, as asked: a later load of them is in use; "
                    + "the contracts that the reload accepts count for it"
            ),
            (.waitsForHost("needs Master"), .notice, "DQM-Shop-07-M: Bootstrap: waits: needs Master"),
            (
                .reloaded(outcome, because: .change), .notice,
                "DQM-Shop-07-M: Queries reloaded, as their table changed: "
                    + "0 of 0 queries ready, version cbf29ce484222325, nothing changed"
            ),
            (
                .notReloaded(error, because: .request), .warning,
                "DQM-Shop-07-M: Queries NOT reloaded, as asked; the old ones stay: unavailable [08006]: gone (why)"
            ),
            (
                .budgetExceeded(arithmetic: "a > b"), .warning,
                "DQM-Shop-07-M: Connection budget: a > b; scaling stops there"
            ),
            (
                .initialized(ready: 4, queries: 5, children: 3), .notice,
                "DQM-Shop-07-M: Lead DQM initialization is complete: 4 of 5 queries ready, child queues: 3"
            ),
            (
                .startFailed(error, alike: 0, retryIn: .milliseconds(250)), .warning,
                "DQM-Shop-07-M: Start sequence: FAILED: unavailable [08006]: gone (why); next attempt in 0.250s"
            ),
            (
                .startFailed(error, alike: 42, retryIn: .milliseconds(250)), .warning,
                "DQM-Shop-07-M: Start sequence: FAILED: unavailable [08006]: gone (why); 42 more like it before; "
                    + "next attempt in 0.250s"
            ),
            (
                .reconnecting(error), .notice,
                "DQM-Shop-07-M [Reconnecting] - Connection lost, attempting to reconnect... "
                    + "unavailable [08006]: gone (why)"
            ),
            (
                .heartbeat(connections: 4, processed: 150), .notice,
                "DQM-Shop-07-M [Connected] - Active connections: 4, Queries processed: 150"
            ),
            (
                .scaledUp(crew), .notice,
                "DQM-Shop-07-M: Scaled up: Medium queues 2 of at most 3, Lead is DQM-Shop-00-LS"
            ),
            (
                .scaledDown(crew), .notice,
                "DQM-Shop-07-M: Scaled down: Medium queues 2 of at most 3, Lead is DQM-Shop-00-LS"
            ),
            (
                .notSpawned(.fast, error, retryIn: .seconds(5)), .warning,
                "DQM-Shop-07-M: No further Fast queue: unavailable [08006]: gone (why); next attempt in 5.000s"
            ),
            (.replaced, .error, "DQM-Shop-07-M: Worker does not answer and is replaced"),
            (.grounded(reason: "dead"), .error, "DQM-Shop-07-M: No-Go: dead; restart the server"),
            (.feedLive(tables: 2), .notice, "DQM-Shop-07-M: Change feed: live, tables: 2"),
            (
                .feedPolled(every: .milliseconds(500)), .warning,
                "DQM-Shop-07-M: Change feed: no notification came within 2.000s, as behind a pooler that shares sessions; "
                    + "changes are polled every 0.500s (PollIntervalMilliseconds)"
            ),
            (
                .feedLost(error, alike: 3, retryIn: .seconds(1)), .warning,
                "DQM-Shop-07-M: Change feed: FAILED: unavailable [08006]: gone (why); 3 more like it before; "
                    + "next attempt in 1.000s"
            ),
            (
                .feedGap, .warning,
                "DQM-Shop-07-M: Change feed: changes may have been missed, no kept result is served"
            ),
            (
                .notWatched("orders", error), .warning,
                "DQM-Shop-07-M: Change feed: orders is not watched: unavailable [08006]: gone (why)"
            ),
            (.sessionsLeft(0, children: 4), .notice, "DQM-Shop-07-M: server sessions of 4 children left: 0"),
            (.sessionsNotAsked(error), .warning, "DQM-Shop-07-M: The server was not asked for sessions: gone"),
            (.landed(processed: 9), .notice, "DQM-Shop-07-M: landed, queries processed: 9"),
        ] as [(QueueNotice.Event, Logger.Level, String)]
    )
    func lines(event: QueueNotice.Event, level: Logger.Level, line: String) {
        let notice = QueueNotice(Self.child, event)
        #expect(notice.line == line)
        #expect(notice.level == level)
    }
}
