import Glibc
import HydrogenCore

/// The standard streams, and the end of the process.
enum Terminal {
    /// Writes a line to standard output.
    static func write(_ text: String) {
        put(text, on: STDOUT_FILENO)
    }

    /// Writes a line to standard error.
    static func complain(_ text: String) {
        put(text, on: STDERR_FILENO)
    }

    /// Ends the process.
    static func exit(_ code: HydrogenCore.ExitCode) -> Never {
        Glibc.exit(code.rawValue)
    }

    private static func put(_ text: String, on descriptor: CInt) {
        var rest = Array((text.hasSuffix("\n") ? text : text + "\n").utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }
}
