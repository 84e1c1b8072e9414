import Foundation
import HydrogenCore
import Testing

@Suite("The search for the configuration")
struct ConfigurationSearchTests {
    private let builtIn = ConfigurationSearch.BuiltIn(text: #"{"Name": "built in"}"#, files: ["q.sql": "SELECT"])

    private func choice(
        explicit: String? = nil,
        environment: [String: String] = [:],
        in folder: borrowing ConfigurationFolder
    ) -> ConfigurationChoice {
        ConfigurationSearch(
            explicitPath: explicit,
            environment: environment,
            builtIn: builtIn,
            workingFolder: folder.path + "/work",
            systemFolder: folder.path + "/etc"
        ).find()
    }

    private func name(_ choice: ConfigurationChoice) throws -> String {
        try choice.load().decode { $0.required("Name", .string, placeholder: "") }.value
    }

    private func fault(_ choice: ConfigurationChoice) -> ConfigurationFault? {
        do throws(ConfigurationFaults) {
            _ = try choice.load()
            return nil
        } catch {
            return error.faults.first
        }
    }

    private static let files = [
        "work/hydrogen.json": #"{"Name": "work"}"#, "work/config/hydrogen.json": #"{"Name": "config"}"#,
        "etc/hydrogen.json": #"{"Name": "etc"}"#, "named.json": #"{"Name": "named"}"#,
        "other.json": #"{"Name": "other"}"#,
    ]

    @Test(
        "takes the first of the usual places and says which were passed over",
        arguments: [
            ([], "work", 0), (["work/hydrogen.json"], "config", 1),
            (["work/hydrogen.json", "work/config/hydrogen.json"], "etc", 2),
            (["work/hydrogen.json", "work/config/hydrogen.json", "etc/hydrogen.json"], "built in", 3),
        ] as [([String], String, Int)]
    )
    func searches(missing: [String], winner: String, passedOver: Int) throws {
        let folder = try ConfigurationFolder(Self.files.filter { !missing.contains($0.key) })
        let choice = choice(environment: [ConfigurationSearch.variable: ""], in: folder)
        #expect(try name(choice) == winner)
        #expect(choice.passedOver.map(\.path) == missing.map { "\(folder.path)/\($0)" })
        #expect(choice.passedOver.allSatisfy { $0.reason == "it does not exist" })
        #expect(choice.passedOver.count == passedOver)
    }

    @Test("prefers the command line to the variable, and the variable to the usual places")
    func prefers() throws {
        let folder = try ConfigurationFolder(Self.files)
        let environment = [ConfigurationSearch.variable: folder.path + "/other.json"]
        let explicit = choice(explicit: folder.path + "/named.json", environment: environment, in: folder)
        #expect(explicit.source == .file(folder.path + "/named.json", by: .commandLine))
        #expect(explicit.passedOver.map(\.path) == [folder.path + "/other.json"])
        #expect(try name(explicit) == "named")
        let variable = choice(environment: environment, in: folder)
        #expect(variable.source == .file(folder.path + "/other.json", by: .environment))
        #expect(try name(variable) == "other")
    }

    @Test("never falls back from a named file that is missing")
    func missingFile() throws {
        let folder = try ConfigurationFolder(Self.files)
        let gone = folder.path + "/gone.json"
        let expected = "a configuration file that can be read"
        let explicit = try #require(fault(choice(explicit: gone, in: folder)))
        #expect(explicit.description == "\(gone):1:1  expected \(expected), got none: \(gone) does not exist")
        let variable = try #require(fault(choice(environment: [ConfigurationSearch.variable: gone], in: folder)))
        #expect(variable.expected == "\(expected) (named by $HYDROGEN_CONFIG)")
    }

    @Test("never falls back from a file that is broken or no file")
    func brokenFile() throws {
        let folder = try ConfigurationFolder(Self.files.merging(["work/hydrogen.json": "{"]) { $1 })
        #expect(
            fault(choice(in: folder))?.description
                == "\(folder.path)/work/hydrogen.json:1:2  expected a text in double quotes, got the end of the text"
        )
        #expect(
            fault(choice(explicit: folder.path, in: folder))?.got == "none: \(folder.path) is a folder; name a file"
        )
    }

    @Test("resolves what the configuration names beside it, or in the binary")
    func resolvesFiles() throws {
        let folder = try ConfigurationFolder(Self.files.merging(["work/q.sql": "SELECT 1"]) { $1 })
        #expect(try choice(in: folder).load().files.read("q.sql").count == 8)
        let empty = try ConfigurationFolder()
        let choice = choice(in: empty)
        #expect(choice.source == .builtIn)
        #expect(choice.name == "built-in configuration")
        #expect(try choice.load().files.read("q.sql").count == 6)
    }
}
