import Foundation
import HydrogenTesting
import Testing

/// The commands of the real binary: what they print, and their exit codes.
@Suite(.serialized, .timeLimit(.minutes(3))) struct CommandLineTests {
    private func run(_ arguments: String..., environment: [String: String] = [:], in folder: String? = nil) async throws
        -> (
            code: Int32, lines: [String]
        )
    {
        let process = try ServerProcess(arguments, environment: environment, in: folder)
        return (await process.exitCode(), process.log.entries)
    }

    @Test("ten different faults are reported at once, each with its place")
    func tenFaults() async throws {
        let folder = try EndToEndFolder()
        let file = try folder.write(
            """
            {
              "Server": { "ShutdownTimeoutSeconds": "soon", "Nmae": "x" },
              "Logging": { "Level": "LOUD" },
              "WebServer": { "Port": 70000, "Enabled": "yes" },
              "API": { "Prefix": "api/" },
              "Databases": {
                "HeartbeatIntervalSeconds": 0,
                "Connections": [
                  { "Name": "A", "Engine": "oracle", "Database": ":memory:" },
                  { "Name": "A", "Engine": "sqlite", "Queues": { "Fast": { "Min": 9, "Max": 2 } } }
                ]
              },
              "MessageQueue": { "Enabled": true, "Database": "Queues" }
            }
            """,
            to: "bad.json"
        )
        let (code, lines) = try await run("check", file)
        #expect(code == 2)
        let expected = [
            "bad.json:2:41  Server.ShutdownTimeoutSeconds:", "Server.Nmae:", "Logging.Level:", "WebServer.Port:",
            "WebServer.Enabled:", "API.Prefix:", "Databases.HeartbeatIntervalSeconds:",
            "Databases.Connections[0].Engine:",
            "Databases.Connections[1].Name:", "Databases.Connections[1].Database:",
            "Databases.Connections[1].Queues.Fast.Min:", "MessageQueue.Database:",
        ]
        for text in expected { #expect(lines.contains { $0.contains(text) }, "\(text)") }
        #expect(lines.contains { $0.contains("did you mean Name?") })
        #expect(lines.allSatisfy { $0.isEmpty || $0.contains("bad.json:") })
        let started = try await run("run", "--config", file)
        #expect(started.code == 2)
        #expect(!started.lines.contains { $0.contains("LAUNCH") })
    }

    @Test("a fault is reported as JSON too")
    func faultsAsJSON() async throws {
        let folder = try EndToEndFolder()
        let file = try folder.write(#"{ "WebServer": { "Port": 70000 } }"#, to: "bad.json")
        let (code, lines) = try await run("check", "--json", file)
        #expect(code == 2)
        struct Report: Decodable {
            struct Fault: Decodable {
                let path: String
                let line: Int
            }
            let faults: [Fault]
        }
        let report = try JSONDecoder().decode(Report.self, from: Data(lines.joined(separator: "\n").utf8))
        #expect(report.faults.map(\.path) == ["WebServer.Port"])
        #expect(report.faults.map(\.line) == [1])
    }

    @Test(
        "what is wrong with the command line or the file ends with its own code",
        arguments: [
            (["run", "--config", "/absent/hydrogen.json"], 2),
            (["/absent/hydrogen.json"], 2),
            (["check", "/"], 2),
            (["run", "--no-such-option"], 1),
            (["check", "a.json", "--config", "b.json"], 1),
            (["probe", "--timeout", "0"], 1),
            (["probe", "--url", "http://127.0.0.1:1/"], 1),
            (["version"], 0),
            (["version", "--json"], 0),
            (["--help"], 0),
        ] as [([String], Int32)]
    )
    func exitCodes(arguments: [String], expected: Int32) async throws {
        let process = try ServerProcess(arguments)
        #expect(await process.exitCode() == expected)
        #expect(!process.log.entries.isEmpty)
    }

    @Test("init writes a configuration that passes the check, and overwrites nothing")
    func initialize() async throws {
        let folder = try EndToEndFolder()
        #expect(try await run("init", in: folder.path).code == 0)
        #expect(try await run("check", in: folder.path).code == 0)
        let again = try await run("init", in: folder.path)
        #expect(again.code == 1)
        #expect(again.lines.contains { $0.contains("File exists") })
    }

    @Test("the dump shows values, origins and no secret")
    func dump() async throws {
        let folder = try EndToEndFolder()
        let file = try folder.write(
            #"{ "Server": { "Name": "${env.NAME_OF_IT}" }, \#(folder.database) }"#,
            to: "own.json"
        )
        let (code, lines) = try await run("dump-config", file, environment: ["NAME_OF_IT": "canary"])
        #expect(code == 0)
        #expect(
            lines.contains { $0.contains("Server.Name") && $0.contains(#""canary""#) && $0.contains("env NAME_OF_IT") }
        )
        #expect(lines.contains { $0.contains("WebServer.Port") && $0.contains("5000") && $0.contains("default") })
    }

    @Test("a preflight of the default is Go and starts nothing; one with a broken query is No-Go and names it")
    func preflight() async throws {
        let clean = try await run(
            "preflight",
            Repository.path("config/hydrogen.json"),
            environment: ["HYDROGEN_PORT": "0"]
        )
        #expect(clean.code == 0, "\(clean.lines.joined(separator: "\n"))")
        #expect(!clean.lines.contains { $0.contains("LAUNCH: ") })
        #expect(clean.lines.last?.hasSuffix("PREFLIGHT COMPLETE: Go") == true)
        let folder = try EndToEndFolder()
        try folder.write("-- id: 2\n-- name: Broken\nSELECT * FROM absent", to: "queries/2.sql")
        let file = try folder.write(#"{ "WebServer": { "Port": 0 }, \#(folder.database) }"#, to: "own.json")
        let broken = try await run("preflight", file)
        #expect(broken.code == 3)
        #expect(broken.lines.contains { $0.contains("No-Go:") && $0.contains("query 2") && $0.contains("absent") })
        let verdict = try #require(broken.lines.firstIndex { $0.hasSuffix("PREFLIGHT COMPLETE: No-Go") })
        #expect(broken.lines[verdict...].contains { $0.contains("query 2") })
        let asJSON = try await run("preflight", "--json", file)
        #expect(asJSON.code == 3)
        let report = try JSONSerialization.jsonObject(with: Data(asJSON.lines.joined(separator: "\n").utf8))
        #expect((report as? NSDictionary)?["readiness"] != nil)
    }

    @Test("a taken port, and a folder that cannot be written, are No-Go with the mend named, exit code 4")
    func groundedLaunches() async throws {
        let folder = try EndToEndFolder()
        let file = try folder.write(#"{ "WebServer": { "Port": 0 }, \#(folder.database) }"#, to: "own.json")
        let first = try ServerProcess(["run", file])
        let port = await first.ready().split(separator: ":").last.map(String.init) ?? ""
        let other = try folder.write(#"{ "WebServer": { "Port": \#(port) }, \#(folder.database) }"#, to: "other.json")
        let second = try await run("run", other)
        #expect(second.code == 4)
        #expect(second.lines.contains { $0.contains("No-Go:") && $0.contains("port \(port)") })
        #expect(second.lines.contains { $0.contains("SHUTDOWN COMPLETE") })
        first.send(SIGTERM)
        #expect(await first.exitCode() == 0)
        let absent = folder.database.replacing(":memory:", with: "/proc/absent/x.db")
        let third = try await run("run", try folder.write("{ \(absent) }", to: "third.json"))
        #expect(third.code == 4)
        #expect(third.lines.contains { $0.contains("No-Go:   Own: the folder /proc/absent cannot be reached") })
        #expect(third.lines.contains { $0.contains("No-Go:") && $0.contains("needs Database, which is No-Go") })
    }

    @Test("probe tells ready from not there")
    func probe() async throws {
        let folder = try EndToEndFolder()
        let file = try folder.write(#"{ "WebServer": { "Port": 0 }, \#(folder.database) }"#, to: "own.json")
        let server = try ServerProcess(["run", file])
        let address = await server.ready()
        #expect(try await run("probe", "--url", "\(address)/api/system/readiness").code == 0)
        server.send(SIGTERM)
        #expect(await server.exitCode() == 0)
        #expect(try await run("probe", "--url", "\(address)/api/system/readiness").code == 1)
    }
}
