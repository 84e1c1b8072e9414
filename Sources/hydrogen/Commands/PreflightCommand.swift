import ArgumentParser
import Foundation
import HydrogenCore
import HydrogenHost
import Launch

/// `hydrogen preflight`: everything that can be known before launch, without starting anything.
struct PreflightCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preflight",
        abstract:
            "Connects, rehearses migrations, prepares every query, and starts nothing. Exit code 3 when anything is No-Go."
    )

    @OptionGroup var option: ConfigurationOption

    @Flag(help: "Report as JSON.")
    var json = false

    func run() async throws {
        let record = await flight(try option.load()).preflight()
        if json, let report = record.launch {
            Terminal.write(String(decoding: try report.json(), as: UTF8.self))
        }
        Terminal.exit(record.exitCode)
    }

    /// The report is the log, or in its place the JSON.
    private func flight(_ loaded: LoadedConfiguration) -> Flight {
        let environment = ProcessInfo.processInfo.environment
        return Hydrogen(loaded, environment: environment, output: json ? NoOutput() : DescriptorOutput.standardOutput)
            .flight
    }
}
