import CoreMetrics
import HydrogenCore
import Testing

@testable import DatabaseSubsystem

@Suite("Templates of all sources")
struct TemplateSourcesTests {
    private func folder(_ files: [String: String]) -> QueriesFolder {
        QueriesFolder.load("q", files: .builtIn(files))
    }

    private func bootstrap(_ rows: [(Int64, String)]) -> BootstrapRows {
        BootstrapRows.load(rows.map { DatabaseRow(["ref": .integer($0.0), "query": .text($0.1)]) }, engine: "sqlite")
    }

    private func accept(_ template: QueryTemplate) throws(DatabaseError) -> PreparedQuery {
        guard !template.sql.text.contains("nonsense") else {
            throw DatabaseError(.refused, "the database refused the statement", detail: "no such table: nonsense")
        }
        return PreparedQuery(
            template,
            DescribedStatement(
                EngineStatement(template.sql, for: .dollar),
                facts: StatementFacts(columns: [], isReadOnly: true)
            ),
            database: "test",
            metrics: NOOPMetricsHandler.instance
        )
    }

    private func reasons(_ table: QueryTable) -> [Int: String] {
        var reasons: [Int: String] = [:]
        for entry in table.sortedEntries {
            if case .noGo(let rejected) = entry { reasons[rejected.template.id.number] = rejected.reason }
        }
        return reasons
    }

    @Test("a number of two sources is No-Go by itself, with both named")
    func conflict() {
        var sources = TemplateSources()
        sources.add(folder(["q/1.sql": "-- id: 1\nSELECT 1", "q/2.sql": "-- id: 2\nSELECT 2"]))
        sources.add(bootstrap([(2, "SELECT 20"), (3, "SELECT 3")]))
        let table = sources.table(preparing: accept)
        #expect(table.count == 3)
        #expect(table.readyCount == 2)
        #expect(reasons(table) == [2: "its number stands in q/2.sql and in bootstrap row 1; keep one"])
        #expect(table.faults == ["query 2 (q/2.sql): its number stands in q/2.sql and in bootstrap row 1; keep one"])
    }

    @Test("what the engine refuses is No-Go by itself")
    func refused() {
        var sources = TemplateSources()
        sources.add(bootstrap([(1, "SELECT nonsense"), (2, "SELECT 2")]))
        let table = sources.table(preparing: accept)
        #expect(reasons(table) == [1: "the database refused the statement"])
        #expect(
            table.faults == ["query 1 (bootstrap row 1): the database refused the statement (no such table: nonsense)"]
        )
        #expect(table[QueryID(2)]?.template.sql.text == "SELECT 2")
        #expect(table[QueryID(9)] == nil)
    }

    @Test("files and rows that are no templates are reported first")
    func sourceFaults() {
        var sources = TemplateSources()
        sources.add(bootstrap([(1, "SELECT nonsense"), (-1, "SELECT 2")]))
        sources.add(folder(["q/1.sql": "-- id: x\nSELECT 1"]))
        let faults = sources.table(preparing: accept).faults
        #expect(faults.count == 3)
        #expect(faults[0].hasPrefix("bootstrap row 2, query_id"))
        #expect(faults[1].hasPrefix("q/1.sql:1:8"))
        #expect(faults[2].hasPrefix("query 1 (bootstrap row 1)"))
    }

    @Test("the version changes with the templates and with nothing else")
    func version() {
        func version(_ rows: [(Int64, String)]) -> UInt64 {
            var sources = TemplateSources()
            sources.add(bootstrap(rows))
            return sources.table(preparing: accept).version
        }
        let rows: [(Int64, String)] = [(1, "SELECT 1"), (2, "SELECT 2")]
        #expect(version(rows) == version(rows))
        #expect(version(rows) == version(rows.reversed()))
        #expect(version(rows) != version([(1, "SELECT 1"), (2, "SELECT 3")]))
        #expect(version(rows) != version([(1, "SELECT 1"), (3, "SELECT 2")]))
        #expect(version(rows) != version([(1, "SELECT 1")]))
        #expect(version([]) == QueryTable.empty.version)
    }
}
