import HydrogenCore
import Testing

@testable import DatabaseSubsystem
@testable import hydrogen

@Suite("The documentation")
struct DocumentationTests {
    @Test("The reference has one entry for every key that is read, and none for any other")
    func keys() throws {
        let reference = ConfigurationReference(try SourceTree.text(of: "docs/configuration.md"))
        #expect(reference.faults == [])
        let keys = try FullConfiguration().keys()
        #expect(keys.count > 40)
        #expect(keys.subtracting(reference.entries.keys).sorted() == [], "not in docs/configuration.md")
        #expect(Set(reference.entries.keys).subtracting(keys).sorted() == [], "read by nobody")
    }

    @Test("config/full.json shows every key")
    func fullConfiguration() throws {
        let configuration = try FullConfiguration()
        let shown = Set(try configuration.effective().filter { $0.origin != "default" }.map(\.path))
        #expect(try configuration.keys().subtracting(shown.map(FullConfiguration.general)).sorted() == [])
    }

    @Test("The reference states the types of the readers")
    func types() throws {
        let reference = ConfigurationReference(try SourceTree.text(of: "docs/configuration.md"))
        let configuration = try FullConfiguration()
        let expectations = configuration.expectations()
        #expect(Set(expectations.map(\.key)) == (try configuration.keys()))
        for (key, expected) in expectations {
            let type = try #require(reference.entries[key], "\(key)").type
            #expect(type.hasPrefix(expected), "\(key)")
        }
    }

    @Test("The reference states the defaults of the readers")
    func defaults() throws {
        let reference = ConfigurationReference(try SourceTree.text(of: "docs/configuration.md"))
        let defaults = try FullConfiguration.decode(SourceTree.text(of: "config/minimal.json"))
            .filter { $0.origin == "default" }
        #expect(defaults.count > 25)
        for value in defaults {
            let key = FullConfiguration.general(value.path)
            let absence = try #require(reference.entries[key], "\(key)").absence
            #expect(absence.hasPrefix("`\(value.shown)`"), "\(key) is \(value.shown) by default")
        }
    }

    @Test("The reference tells what a reload puts in force")
    func reloads() throws {
        let reference = ConfigurationReference(try SourceTree.text(of: "docs/configuration.md"))
        for value in try FullConfiguration().effective() {
            let key = FullConfiguration.general(value.path)
            let effect = try #require(reference.entries[key], "\(key)").effect
            #expect(effect.hasPrefix(value.reloadable ? "on reload" : "at the next launch"), "\(key)")
        }
    }

    @Test("The reference's example of faults is what its file gives")
    func faults() throws {
        let reference = try SourceTree.text(of: "docs/configuration.md")
        let example = try #require(reference.split(separator: "```jsonc\n").dropFirst().first)
        let file = try #require(example.split(separator: "```").first)
        let faults = FullConfiguration.faults(of: String(file))
        #expect(faults.count == 3)
        #expect(reference.contains("```\n" + faults.map { "\($0)\n" }.joined() + "```"))
    }

    @Test(
        "Every shipped configuration is free of faults",
        arguments: ["hydrogen", "minimal", "full", "postgresql", "two-tier", "all-engines", "message-queue"]
    )
    func shipped(name: String) throws {
        #expect(try !FullConfiguration.decode(SourceTree.text(of: "config/\(name).json")).isEmpty)
    }

    @Test("The default in the binary is what config/ holds; scripts/embed-default writes it anew")
    func embedded() throws {
        #expect(EmbeddedDefault.configuration == (try SourceTree.text(of: "config/hydrogen.json")))
        #expect(EmbeddedDefault.minimal == (try SourceTree.text(of: "config/minimal.json")))
        var files: [String: String] = [:]
        for folder in ["demo/migrations", "demo/queries"] {
            for name in try SourceTree.names(in: "config/\(folder)") where name.hasSuffix(".sql") {
                files["\(folder)/\(name)"] = try SourceTree.text(of: "config/\(folder)/\(name)")
            }
        }
        #expect(EmbeddedDefault.files == files)
    }

    @Test("The operator's guide has every step of the database's launch and landing")
    func steps() throws {
        let guide = try SourceTree.text(of: "docs/operator.md")
        for step in LaunchSteps.Step.allCases {
            #expect(guide.contains("Launch step \(step.rawValue)/\(LaunchSteps.Step.allCases.count): \(step.title)"))
        }
        let source = try SourceTree.text(of: "Sources/DatabaseSubsystem/DatabaseLanding.swift")
        let landing = source.matches(of: /step\(([0-9]), "([^"]+)"/)
        #expect(landing.count == 7)
        for step in landing {
            #expect(guide.contains("Landing step \(step.1)/7: \(step.2)"))
        }
    }

    @Test("The operator's guide has every line that a DQM says")
    func notices() throws {
        let guide = try SourceTree.text(of: "docs/operator.md")
        let source = try SourceTree.text(of: "Sources/DatabaseSubsystem/Queues/QueueNotice.swift")
        let lines = try #require(
            source.split(separator: "/// The whole line.").last?.split(separator: "/// How grave").first
        )
        let texts = lines.matches(of: /"([^"\n]*)"/).map(\.1)
        #expect(texts.count > 25)
        // What varies is left out; the longest of the rest has to stand there.
        let constants = texts.compactMap { text in
            text.split(separator: /\\\((?:[^()]|\([^()]*\))*\)/).max { $0.count < $1.count }
        }
        #expect(constants.filter { !guide.contains($0) } == [])
    }

    @Test("The operator's guide has every exit code", arguments: ExitCode.allCases)
    func exitCodes(code: ExitCode) throws {
        #expect(try SourceTree.text(of: "docs/operator.md").contains("\n| \(code.rawValue) | "))
    }

    @Test("The guide to queries has every type and every line of a header")
    func queries() throws {
        let guide = try SourceTree.text(of: "docs/queries.md")
        for key in QueryHeader.Key.allCases { #expect(guide.contains("\n| `\(key.rawValue)` | ")) }
        for type in ParameterType.allCases { #expect(guide.contains("`\(type.rawValue)`")) }
    }

    @Test("The guide's query file is one")
    func queryFile() throws {
        let guide = try SourceTree.text(of: "docs/queries.md")
        let example = try #require(guide.split(separator: "```sql\n").dropFirst().first)
        let file = try #require(example.split(separator: "```").first)
        let template = try QueryFile(parsing: Array(file.utf8), file: "9.sql").template
        #expect(template.parameters.map(\.name) == ["minimum_kg", "orbit", "deployed"])
    }

    @Test("Relative links lead to files")
    func links() throws {
        let guides = try SourceTree.names(in: "docs").filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }
        for page in guides + ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
            let folder = page.hasPrefix("docs/") ? "docs/" : ""
            for link in try SourceTree.text(of: page).matches(of: /\]\(([^)#:]+)(#[^)]*)?\)/) {
                #expect(SourceTree.contains("\(folder)\(link.1)"), "\(page) links to \(link.1)")
            }
        }
    }
}
