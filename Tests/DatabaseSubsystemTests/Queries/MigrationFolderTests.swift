import HydrogenCore
import Testing

@testable import DatabaseSubsystem

@Suite("A folder of migrations")
struct MigrationFolderTests {
    @Test("files come by number, with gaps, whatever the number of digits")
    func order() throws {
        let migrations = try MigrationFolder.load(
            "m",
            files: .builtIn([
                "m/0010_ten.sql": "SELECT 10", "m/2-two.sql": "SELECT 2; SELECT 22;",
                "m/0001_one_and_only.sql": "SELECT 1", "m/README.md": "x",
            ])
        )
        #expect(migrations.map(\.number) == [1, 2, 10])
        #expect(migrations.map(\.name) == ["one_and_only", "two", "ten"])
        #expect(migrations[1].statements == ["SELECT 2", "SELECT 22"])
        #expect(migrations[1].file == "m/2-two.sql")
    }

    @Test(
        "faults",
        arguments: [
            (["create.sql": "x"], "m/create.sql:1:1: expected a name like 0001_create_orders.sql, got \"create.sql\""),
            (["1.sql": "x"], "m/1.sql:1:1: expected a name like 0001_create_orders.sql, got \"1.sql\""),
            (["1_.sql": "x"], "m/1_.sql:1:1: expected a name like 0001_create_orders.sql, got \"1_.sql\""),
            (["1_a.sql": "-- none\n;"], "m/1_a.sql:1:1: expected at least one statement, got none"),
            (
                ["1_a.sql": "x", "01_b.sql": "y"],
                "m/1_a.sql:1:1: expected a number of its own, got 1, which m/01_b.sql has"
            ),
        ]
    )
    func faults(files: [String: String], message: String) {
        let source = ConfigurationFiles.builtIn(
            Dictionary(uniqueKeysWithValues: files.map { ("m/\($0.key)", $0.value) })
        )
        #expect(MigrationFolder("m", files: source).faults.map(\.description) == [message])
        do throws(DatabaseError) {
            _ = try MigrationFolder.load("m", files: source)
            Issue.record("loaded")
        } catch {
            #expect(error.code == .migration)
            #expect(error.message.contains(message))
        }
    }

    @Test("the checksum follows the text, line ends aside")
    func checksum() {
        func checksum(_ text: String) -> String { Migration(number: 1, name: "a", file: "f", text: text).checksum }
        #expect(checksum("a\nb") == checksum("a\r\nb"))
        #expect(checksum("a\nb") != checksum("a b"))
        #expect(checksum("").count == 16)
        #expect(checksum("a") == "af63dc4c8601ec8c")
    }
}
