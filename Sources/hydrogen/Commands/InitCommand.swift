import ArgumentParser
import Glibc
import HydrogenCore

/// `hydrogen init`: a small configuration to begin with.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a commented minimal configuration. Never overwrites a file."
    )

    @Argument(help: "The file to write, or - for standard output.")
    var file = "hydrogen.json"

    func run() throws {
        guard file != "-" else { return Terminal.write(EmbeddedDefault.minimal) }
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0, let stream = fdopen(descriptor, "w") else {
            throw ValidationError("\(file) cannot be written: \(String(cString: strerror(errno))). Name another file.")
        }
        let isWritten = fputs(EmbeddedDefault.minimal, stream) >= 0
        guard fclose(stream) == 0, isWritten else {
            throw ValidationError("\(file) cannot be written: \(String(cString: strerror(errno))). Name another file.")
        }
        Terminal.write("\(file) written; start with: hydrogen run --config \(file)")
    }
}
