import ArgumentParser
import Foundation
import HydrogenCore
import HydrogenHost
import Logging

/// `hydrogen run`: launches, serves, lands.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Launches the server and serves until a signal asks it to land."
    )

    @OptionGroup var option: ConfigurationOption

    func run() async throws {
        let process = ProcessInfo.processInfo
        let hydrogen = Hydrogen(try option.load(), environment: process.environment)
        // For the packages underneath, which make loggers of their own.
        LoggingSystem.bootstrap(hydrogen.log.makeHandler)
        let signals = await ProcessSignals()
        hydrogen.announce(processID: process.processIdentifier)
        Terminal.exit(await hydrogen.flight.run(signals: signals))
    }
}
