#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Writes log lines to a file descriptor: a terminal, a pipe, a file.
///
/// A reader that stops reading does not stop the server. Of a pipe, terminal or socket it is asked first (`poll(2)`)
/// whether it takes bytes, and then at most as many are written as the system promises to take without blocking
/// (`PIPE_BUF`, see pipe(7)). `SIGPIPE` must be ignored by the process.
public struct DescriptorOutput: LogOutput {
    /// What one try may write to anything but a file: `PIPE_BUF` of Linux, pipe(7).
    private static let pipeAtomicBytes = 4096

    /// What operators call it.
    public let name: String
    private let descriptor: CInt
    private let isFile: Bool

    /// An output on a descriptor that stays open as long as the output is used; it is not closed.
    ///
    /// - Parameters:
    ///   - descriptor: Open for writing.
    ///   - name: What operators call it.
    public init(descriptor: CInt, name: String) {
        var status = stat()
        self.name = name
        self.descriptor = descriptor
        self.isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// The standard output of the process.
    public static var standardOutput: DescriptorOutput {
        DescriptorOutput(descriptor: STDOUT_FILENO, name: "standard output")
    }

    /// The standard error of the process.
    public static var standardError: DescriptorOutput {
        DescriptorOutput(descriptor: STDERR_FILENO, name: "standard error")
    }

    /// Writes what the descriptor takes without blocking; interrupted by a signal, it tries again.
    public func write(_ bytes: UnsafeRawBufferPointer) -> LogWriteOutcome {
        guard isFile || waitUntilWritable(milliseconds: 0) else { return .busy }
        let length = isFile ? bytes.count : min(bytes.count, Self.pipeAtomicBytes)
        while true {
            #if canImport(Glibc)
            let written = Glibc.write(descriptor, bytes.baseAddress, length)
            #else
            let written = Darwin.write(descriptor, bytes.baseAddress, length)
            #endif
            if written > 0 { return .wrote(written) }
            switch errno {
            case EINTR where written < 0: continue
            case EAGAIN, EWOULDBLOCK: return .busy
            case let code: return .failed(written == 0 ? "took no bytes" : String(cString: strerror(code)))
            }
        }
    }

    /// Waits with `poll(2)`; a descriptor in error counts as writable, as the write then tells what is wrong.
    public func waitUntilWritable(milliseconds: Int) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&request, 1, CInt(clamping: milliseconds)) != 0
    }
}
