import CoreMetrics
import HydrogenCore
import HydrogenHost
import HydrogenTesting
import NIOCore
import Testing

@testable import DatabaseSubsystem

/// A subsystem of databases that a test flies, from the text of its connections.
struct DatabaseFlight {
    let subsystem: DatabaseSubsystem
    let harness: SubsystemHarness
    /// The configuration as a whole.
    let text: String
    /// The same, read.
    let document: ConfigurationDocument

    /// - Parameter connections: The objects of `Databases.Connections`, separated by commas.
    init(_ connections: String) throws {
        text = #"{ "Databases": { "HeartbeatIntervalSeconds": 30, "Connections": [\#(connections)] } }"#
        document = try ConfigurationDocument(
            parsing: Array(text.utf8),
            file: "test.json",
            files: .builtIn([:]),
            environment: [:]
        )
        let databases = try document.decode(section: "Databases", DatabasesConfiguration.init).value
        subsystem = DatabaseSubsystem(databases, metrics: NOOPMetricsHandler.instance)
        harness = try SubsystemHarness(subsystem, configuration: text)
    }

    /// Launches, performs `body`, and lands cleanly.
    func fly(_ body: (SubsystemHarness.Flying) async throws -> Void) async throws {
        try (await harness.fly(body)).expectClean()
    }

    subscript(name: String) -> Database? { subsystem.database(named: name) }

    /// The rows of a query without parameters; `no query 1`, or why it is No-Go.
    func rows(_ id: Int, of name: String) async throws -> String {
        switch self[name]?.query(QueryID(id)) {
        case .ready(let query)?:
            let database = self[name]
            let answer = try await database?.run(query, values: [], queue: .fast, timeLimit: .seconds(30))
            return answer.map { String(buffer: $0.rows.body) } ?? "no database"
        case .noGo(let query)?: return "No-Go: \(query.reason)"
        case nil: return "no query \(id)"
        }
    }

    /// Lets time pass until a database serves.
    func advance(until name: String) async {
        await withDiscardingTaskGroup { group in
            group.addTask { [harness] in
                while !Task.isCancelled { await harness.clock.advanceToNextSleeper() }
            }
            await self[name]?.reachedReady.wait()
            group.cancelAll()
        }
    }
}

extension DatabaseFlight {
    /// Lets time pass until a Lead says a line that has these words.
    func advance(until words: String, of name: String, from start: Int = 0) async {
        await withDiscardingTaskGroup { group in
            group.addTask { [harness] in
                while !Task.isCancelled { await harness.clock.advanceToNextSleeper() }
            }
            await said(words, by: name, from: start)
            group.cancelAll()
        }
    }

    /// Waits until a Lead says a line that has these words.
    func said(_ words: String, by name: String, from start: Int = 0) async {
        let entry = await harness.log.entry(from: start) {
            $0.message.hasPrefix("DQM-\(name)-00") && $0.message.contains(words)
        }
        #expect(entry != nil, "\(words)")
    }
}

/// A connection of a test that writes to a SQLite file, as another process would.
func sqliteWriter(_ path: String) throws(DatabaseError) -> any EngineConnection {
    let engine = SQLiteEngine(
        database: path,
        resolve: { $0 },
        busyTimeout: .seconds(5),
        statementCacheSize: 8
    )
    return try engine.connect(as: QueueLabel(database: "Writer", number: 0, tags: .all), abort: .never)
}
