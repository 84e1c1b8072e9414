import ArgumentParser
import Foundation
import HydrogenCore

/// The command line. `hydrogen FILE` equals `hydrogen run --config FILE`.
@main
struct HydrogenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hydrogen",
        abstract: "Serves registered SQL by number over REST.",
        discussion: """
            Exit codes: 0 clean, 1 usage, 2 configuration, 3 preflight No-Go, 4 launch failed, \
            5 landing timed out or left something behind.
            """,
        version: HydrogenVersion.current,
        subcommands: [
            RunCommand.self, CheckCommand.self, PreflightCommand.self, DumpConfigCommand.self, InitCommand.self,
            ProbeCommand.self, APIKeyCommand.self, VersionCommand.self,
        ],
        defaultSubcommand: RunCommand.self
    )

    /// Runs the command that the arguments name, and ends the process with its exit code.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let faults as ConfigurationFaults {
            Terminal.complain(faults.description)
            Terminal.exit(.configuration)
        } catch let code as ArgumentParser.ExitCode {
            Foundation.exit(code.rawValue)
        } catch  where exitCode(for: error) == .success {
            Terminal.write(fullMessage(for: error))
        } catch {
            Terminal.complain(fullMessage(for: error))
            Terminal.exit(.usage)
        }
    }
}

extension ArgumentParser.ExitCode {
    /// The exit code of the contract, to be thrown by a command.
    init(_ code: HydrogenCore.ExitCode) {
        self.init(code.rawValue)
    }
}
