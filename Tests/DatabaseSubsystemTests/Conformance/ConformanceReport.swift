import Foundation
import Synchronization

/// What became of every case on every engine, as lines of a file: `make conformance` makes the table of them.
enum ConformanceReport {
    enum Outcome: Sendable {
        case passed
        case failed
        /// The engine does not have what the case is about.
        case notApplicable(String)
    }

    private static let path = ProcessInfo.processInfo.environment["HYDROGEN_CONFORMANCE_REPORT"]
    private static let lock = Mutex(())

    /// Notes one case, if a report is wanted.
    static func add(_ subject: ConformanceSubject, _ name: String, _ outcome: Outcome) {
        guard let path else { return }
        let (word, reason) =
            switch outcome {
            case .passed: ("passed", "")
            case .failed: ("failed", "")
            case .notApplicable(let reason): ("n/a", reason)
            }
        let line = [subject.name, name, word, reason].joined(separator: "\t") + "\n"
        lock.withLock { _ in
            guard let file = FileHandle(forUpdatingAtPath: path) ?? made(path) else { return }
            file.seekToEndOfFile()
            file.write(Data(line.utf8))
            try? file.close()
        }
    }

    private static func made(_ path: String) -> FileHandle? {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        return FileHandle(forUpdatingAtPath: path)
    }
}
