import ArgumentParser
import HydrogenCore

/// `hydrogen dump-config`: what is in force, and where each value comes from.
struct DumpConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump-config",
        abstract: "Shows every value in force with its origin, secrets masked."
    )

    @OptionGroup var option: ConfigurationOption

    @Flag(help: "Report as JSON.")
    var json = false

    func run() throws {
        let dump = try option.load().dump
        Terminal.write(json ? dump.json : dump.text)
    }
}
