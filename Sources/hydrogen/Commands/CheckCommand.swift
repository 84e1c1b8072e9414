import ArgumentParser
import Foundation
import HydrogenCore

/// `hydrogen check`: every fault of the configuration, without connecting to anything.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Reports every fault of the configuration, offline. Exit code 2 if there is any."
    )

    @OptionGroup var option: ConfigurationOption

    @Flag(help: "Report as JSON.")
    var json = false

    private struct Report: Encodable {
        let file: String?
        let faults: [ConfigurationFault]
    }

    func run() throws {
        do {
            let loaded = try option.load()
            if json {
                try Terminal.write(json: Report(file: loaded.choice.name, faults: []))
            } else {
                Terminal.write("\(loaded.choice.name): no faults")
            }
        } catch let error as ConfigurationFaults where json {
            try Terminal.write(json: Report(file: error.faults.first?.file, faults: error.faults))
            throw ArgumentParser.ExitCode(.configuration)
        }
    }
}

extension Terminal {
    /// Writes a value as JSON to standard output, keys in a fixed order.
    static func write(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        write(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
