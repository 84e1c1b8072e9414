import Foundation
import Glibc
import Synchronization

/// A script of the tests as a process of its own, which ends with this value.
///
/// Spawned by hand: Foundation's `Process` now and then misses the end of one of many.
final class ScriptProcess: Sendable {
    /// Why there is no process.
    struct NotStarted: Error {
        let said: String
    }

    /// The first line that it said.
    let firstLine: String
    /// The process's id; `nil` once it has ended.
    private let process: Mutex<Int32?>

    /// Starts `python3` with a script, and waits for its first line.
    ///
    /// - Parameter script: Its path below the folder `Tests`.
    init(_ script: String, _ arguments: [String]) throws {
        var output: [Int32] = [0, 0]
        guard pipe(&output) == 0 else { throw NotStarted(said: "no pipe") }
        for end in output { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO)
        let words = ["/usr/bin/env", "python3", Self.path(script)] + arguments
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var process: Int32 = 0
        let result = posix_spawn(&process, words[0], &actions, nil, &pointers, environ)
        close(output[1])
        defer { close(output[0]) }
        guard result == 0 else { throw NotStarted(said: String(cString: strerror(result))) }
        self.process = Mutex(process)
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(output[0], &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        firstLine = String(decoding: line, as: UTF8.self)
    }

    deinit { end() }

    /// A file below the folder `Tests`.
    static func path(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../\(name)").standardizedFileURL
            .path(percentEncoded: false)
    }

    /// Ends the process, and returns when it has ended.
    func end() {
        let last = process.withLock { process in
            defer { process = nil }
            return process
        }
        guard let last else { return }
        // Other signals may be blocked: a child inherits the mask of the thread that started it.
        kill(last, SIGKILL)
        var status: Int32 = 0
        while waitpid(last, &status, 0) < 0, errno == EINTR {}
    }
}
