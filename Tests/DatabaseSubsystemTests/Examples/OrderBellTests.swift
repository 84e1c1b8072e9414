import CoreMetrics
import DatabaseSubsystem
import HydrogenCore
import HydrogenHost
import HydrogenTesting
import Launch
import Testing

@Suite("The order bell", .timeLimit(.minutes(1)))
struct OrderBellTests {
    private let folder: TemporaryFolder
    private let heard = Journal<String>()

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, item TEXT);",
            to: "migrations/0001_orders.sql"
        )
    }

    private func harness(following tables: String) throws -> SubsystemHarness {
        let text = """
            { "Databases": { "Connections": [{
                "Name": "Shop", "Engine": "sqlite", "Database": "\(folder.path)/shop.db",
                "Migrations": "\(folder.path)/migrations",
                "Triggers": { "Tables": [\(tables)], "PollIntervalMilliseconds": 10 }
            }] } }
            """
        let document = try ConfigurationDocument(
            parsing: Array(text.utf8),
            file: "test.json",
            files: .builtIn([:]),
            environment: [:]
        )
        let configuration = try document.decode(section: "Databases", DatabasesConfiguration.init).value
        let databases = DatabaseSubsystem(configuration, metrics: NOOPMetricsHandler.instance)
        let bell = OrderBell(databases) { [heard] change in
            heard.append("\(change.operation) \(change.table) \(change.keys ?? "")")
        } lookAtAll: { [heard] in
            heard.append("all")
        }
        return try SubsystemHarness(bell, neighbours: [ScriptedSubsystem("Logging"), databases], configuration: text)
    }

    @Test("It hears what another process commits, and lands with its database")
    func rings() async throws {
        let harness = try harness(following: #""orders""#)
        let flight = try await harness.fly { flying in
            await flying.ready()
            await harness.log.entry { $0.message.contains("Change feed: live") }
            let writer = try sqliteWriter("\(folder.path)/shop.db")
            defer { writer.close() }
            try writer.run("INSERT INTO orders VALUES (7, 'tea')")
            _ = await heard.first { $0 == #"insert orders [{"id":7}]"# }
            try writer.run("DELETE FROM orders")
            _ = await heard.first { $0 == #"delete orders [{"id":7}]"# }
        }
        try flight.expectClean()
        #expect(heard.entries.filter { $0 != "all" }.count == 2)
    }

    @Test("Without the table among those that are followed it does not launch, and says which key to set")
    func notFollowed() async throws {
        let harness = try harness(following: "")
        let flight = try await harness.fly()
        #expect(flight.launch?.lines.contains { $0.contains("name it in Triggers.Tables of that connection") } == true)
    }
}
