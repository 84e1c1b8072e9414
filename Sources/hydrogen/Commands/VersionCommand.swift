import ArgumentParser
import HydrogenCore

/// `hydrogen version`.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Shows the version.")

    @Flag(help: "Report as JSON.")
    var json = false

    func run() throws {
        if json {
            try Terminal.write(json: ["name": "hydrogen", "version": HydrogenVersion.current])
        } else {
            Terminal.write("hydrogen \(HydrogenVersion.current)")
        }
    }
}
