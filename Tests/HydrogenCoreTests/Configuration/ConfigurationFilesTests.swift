import Foundation
import HydrogenCore
import Testing

@Suite("The files of a configuration")
struct ConfigurationFilesTests {
    private func reason(_ body: () throws -> Void) -> ConfigurationFileError.Reason? {
        do {
            try body()
            return nil
        } catch {
            return (error as? ConfigurationFileError)?.reason
        }
    }

    @Test("are read from the folder, absolute paths from the disk")
    func readsFolder() throws {
        let folder = try ConfigurationFolder(["queries/one.sql": "SELECT 1"])
        let files = ConfigurationFiles.folder(folder.path)
        #expect(try files.read("queries/one.sql") == Array("SELECT 1".utf8))
        #expect(try files.read("./queries/one.sql") == Array("SELECT 1".utf8))
        #expect(try ConfigurationFiles.folder("/nowhere").read("\(folder.path)/queries/one.sql").count == 8)
        #expect(try ConfigurationFiles.builtIn([:]).read("\(folder.path)/queries/one.sql").count == 8)
    }

    @Test("are named in order, plain files only")
    func namesFolder() throws {
        let folder = try ConfigurationFolder(["q/b.sql": "", "q/a.sql": "", "q/.swp": "", "q/sub/c.sql": ""])
        #expect(try ConfigurationFiles.folder(folder.path).names(in: "q") == ["a.sql", "b.sql"])
        #expect(try ConfigurationFiles.folder(folder.path + "/q").names(in: "") == ["a.sql", "b.sql"])
    }

    @Test("built in are found by relative path")
    func readsBuiltIn() throws {
        let files = ConfigurationFiles.builtIn(["queries/b.sql": "B", "./queries/a.sql": "A", "queries/x/c.sql": "C"])
        #expect(try files.read("queries//a.sql") == Array("A".utf8))
        #expect(try files.names(in: "queries/") == ["a.sql", "b.sql"])
        #expect(try files.names(in: "./queries/x") == ["c.sql"])
        #expect(reason { _ = try files.read("queries/d.sql") } == .missing)
        #expect(reason { _ = try files.names(in: "migrations") } == .missing)
    }

    @Test("that cannot be read say why")
    func refuses() throws {
        let folder = try ConfigurationFolder(["q/a.sql": "A"])
        let files = ConfigurationFiles.folder(folder.path)
        #expect(reason { _ = try files.read("q/b.sql") } == .missing)
        #expect(reason { _ = try files.read("q/a.sql\u{0}") } == .missing)
        #expect(reason { _ = try files.read("q") } == .isFolder)
        #expect(reason { _ = try files.read("q/a.sql/x") } == .isNotFolder)
        #expect(reason { _ = try files.names(in: "nothing") } == .missing)
        #expect(reason { _ = try files.names(in: "q/a.sql") } == .isNotFolder)
        #expect(ConfigurationFileError(path: "/x", reason: .missing).description == "/x does not exist")
    }

    @Test("are bounded, endless ones too")
    func boundsLength() throws {
        let folder = try ConfigurationFolder()
        try folder.write(Data(count: ConfigurationFiles.maximumBytes), to: "fits")
        let files = ConfigurationFiles.folder(folder.path)
        #expect(try files.read("fits").count == ConfigurationFiles.maximumBytes)
        #expect(reason { _ = try files.read("/dev/zero") } == .tooLong(limit: ConfigurationFiles.maximumBytes))
    }

    @Test(
        "resolve relative paths against their folder",
        arguments: [
            ("/etc/hydrogen", "q/a.sql", "/etc/hydrogen/q/a.sql"), ("/etc/", "a", "/etc/a"), ("/", "a", "/a"),
            (".", "a", "a"), ("", "a", "a"), ("/etc", "/var/a", "/var/a"),
        ]
    )
    func resolves(folder: String, path: String, resolved: String) {
        #expect(ConfigurationFiles.folder(folder).resolved(path) == resolved)
        #expect(ConfigurationFiles.builtIn([:]).resolved(path) == path)
    }
}
