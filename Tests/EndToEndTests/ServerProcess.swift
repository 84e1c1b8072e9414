import Foundation
import Glibc
import HydrogenTesting
import Synchronization

/// The real binary as a process of its own: its log is a journal of lines, its end is an event.
///
/// Spawned by hand, one thread for its output and its end: Foundation's `Process` now and then misses the end of one of many.
final class ServerProcess: Sendable {
    /// Standard output and standard error, line by line as they come.
    let log = Journal<String>()

    /// The process's id.
    let processID: Int32

    private let code = OneTime<Int32>()

    /// The binary under test: `$HYDROGEN_BINARY`, else the one that was built with these tests.
    static var binary: String {
        ProcessInfo.processInfo.environment["HYDROGEN_BINARY"] ?? Repository.path(".build/debug/hydrogen")
    }

    /// What the system said instead of starting the process.
    struct SpawnFailure: Error {
        let code: Int32
    }

    /// Starts `hydrogen`, or another program, with these arguments.
    ///
    /// - Parameters:
    ///   - environment: Added to the environment of the tests.
    ///   - folder: The working folder. Default: the tests' own.
    ///   - program: What to start. Default: the binary under test.
    init(
        _ arguments: [String],
        environment: [String: String] = [:],
        in folder: String? = nil,
        program: String = binary
    ) throws {
        var variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if environment["HYDROGEN_CONFIG"] == nil { variables["HYDROGEN_CONFIG"] = nil }
        let (process, output) = try Self.spawn([program] + arguments, variables: variables, in: folder)
        processID = process
        let (log, code) = (log, code)
        Thread.detachNewThread {
            Self.read(output, into: log)
            var status: Int32 = 0
            while waitpid(process, &status, 0) < 0, errno == EINTR {}
            // Source: wait(2): the low seven bits are the signal, the next byte is the exit code.
            code.give(status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f))
        }
    }

    private static func spawn(
        _ arguments: [String],
        variables: [String: String],
        in folder: String?
    ) throws -> (process: Int32, output: Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw SpawnFailure(code: errno) }
        // Closed on exec: a server of another test must not hold this pipe open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO)
        var words = Self.words(arguments, in: folder).map { strdup($0) } + [nil]
        var settings = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { for word in words + settings { free(word) } }
        var process: Int32 = 0
        let result = posix_spawn(&process, folder == nil ? arguments[0] : "/bin/sh", &actions, nil, &words, &settings)
        close(ends[1])
        guard result == 0 else {
            close(ends[0])
            throw SpawnFailure(code: result)
        }
        return (process, ends[0])
    }

    /// The words of the command; the shell only changes the folder and then becomes the server.
    private static func words(_ arguments: [String], in folder: String?) -> [String] {
        folder.map { ["/bin/sh", "-c", #"cd "$0" && exec "$@""#, $0] + arguments } ?? arguments
    }

    private static func read(_ descriptor: Int32, into log: Journal<String>) {
        var rest: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            rest += buffer[..<count]
            var lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let last = Array(lines.removeLast())
            for line in lines { log.append(String(decoding: line, as: UTF8.self)) }
            rest = last
        }
        close(descriptor)
    }

    /// Sends a signal.
    func send(_ signal: Int32) {
        kill(processID, signal)
    }

    /// Waits for a line that contains a text.
    @discardableResult
    func line(containing text: String, from start: Int = 0) async -> String {
        await log.first(from: start) { $0.contains(text) } ?? ""
    }

    /// Waits until there are so many lines, or one that contains a text.
    func lines(_ count: Int, orOneContaining text: String) async {
        let seen = Mutex(0)
        _ = await log.first { line in
            let isEnough = seen.withLock { seen in
                seen += 1
                return seen >= count
            }
            return isEnough || line.contains(text)
        }
    }

    /// Waits until the server says that it is ready. Returns its address: `http://127.0.0.1:41234`.
    func ready() async -> String {
        await line(containing: "READY FOR REQUESTS")
        let running = await line(containing: "WebServer running:")
        guard let start = running.range(of: "http://127.0.0.1:") else { return "" }
        return String(running[start.lowerBound...].prefix { !$0.isWhitespace })
    }

    /// Waits for the end of the process and of its output. Returns its exit code; for one that a signal ended, the negative signal.
    func exitCode() async -> Int32 {
        await code.value()
    }

    /// All lines that contain a text, without their frames.
    func messages(containing text: String) -> [String] {
        log.entries.filter { $0.contains(text) }.map(Self.message)
    }

    /// What stands behind the frame of a line of the log.
    static func message(_ line: String) -> String {
        line.components(separatedBy: " ]  ").dropFirst(2).joined(separator: " ]  ")
    }
}

/// A value that comes once and is waited for.
final class OneTime<Value: Sendable>: Sendable {
    private let given = Gate()
    private let content = Mutex<Value?>(nil)

    func give(_ value: Value) {
        content.withLock { $0 = value }
        given.open()
    }

    func value() async -> Value {
        await given.waitThroughCancellation()
        guard let value = content.withLock({ $0 }) else { preconditionFailure("the gate opens after the value came") }
        return value
    }
}

/// Places in the source tree.
enum Repository {
    /// A path of the repository.
    static func path(_ relative: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: relative).path
    }
}
