import HydrogenCore
import Testing

@testable import DatabaseSubsystem

@Suite("A folder of queries")
struct QueriesFolderTests {
    @Test("a bad file never stops the others")
    func poisoned() {
        let files = ConfigurationFiles.builtIn([
            "q/1.sql": "-- id: 1\nSELECT 1",
            "q/2.sql": "-- id: two\n-- queue: x\nSELECT 2",
            "q/3.sql": "-- id: 3\nSELECT 3",
            "q/notes.txt": "not a query",
            "q/below/4.sql": "-- id: 4\nSELECT 4",
        ])
        let folder = QueriesFolder.load("q", files: files)
        #expect(folder.templates.map(\.id.number) == [1, 3])
        #expect(folder.faults.map(\.file) == ["q/2.sql", "q/2.sql"])
        #expect(folder.templates.first?.source == "q/1.sql")
    }

    @Test("the second file with an id is No-Go and names the first")
    func duplicate() {
        let files = ConfigurationFiles.builtIn(["q/a.sql": "-- id: 1\nSELECT 1", "q/b.sql": "-- id: 1\nSELECT 2"])
        let folder = QueriesFolder.load("q/", files: files)
        #expect(folder.templates.map(\.sql.text) == ["SELECT 1"])
        #expect(
            folder.faults.map(\.description) == ["q/b.sql:1:1: expected an id of its own, got 1, which q/a.sql has"]
        )
    }

    @Test("a folder that is not there is one fault")
    func missing() {
        let folder = QueriesFolder.load("none", files: .builtIn([:]))
        #expect(folder.templates.isEmpty)
        #expect(folder.faults.map(\.expected) == ["a folder of .sql files"])
    }
}
