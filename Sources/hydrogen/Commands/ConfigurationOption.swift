import ArgumentParser
import Foundation
import HydrogenCore

/// Where the configuration is: the same words for every command.
struct ConfigurationOption: ParsableArguments {
    @Option(name: [.customLong("config"), .customShort("c")], help: "The configuration file.")
    var config: String?

    @Argument(help: "The configuration file, as --config.")
    var file: String?

    mutating func validate() throws {
        if config != nil, file != nil {
            throw ValidationError("Name the configuration file once: as an argument, or with --config.")
        }
    }

    /// Finds, reads and validates the configuration.
    func load() throws(ConfigurationFaults) -> LoadedConfiguration {
        try LoadedConfiguration(path: config ?? file, environment: ProcessInfo.processInfo.environment)
    }
}
