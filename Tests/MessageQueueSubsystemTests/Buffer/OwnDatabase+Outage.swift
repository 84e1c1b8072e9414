import Foundation
import HydrogenTesting
import Testing

extension OwnDatabase {
    /// Runs SQL in another database of the server. Returns what it prints.
    @discardableResult
    func ask(_ sql: String, in database: String? = nil) throws -> String {
        let environment = ProcessInfo.processInfo.environment
        let process = Process()
        process.executableURL = URL(filePath: try #require(environment["HYDROGEN_PG_BIN"]) + "/psql")
        let server = try #require(environment["HYDROGEN_TEST_POSTGRESQL"])
        process.arguments = [
            "--quiet", "--no-psqlrc", "--tuples-only", "--no-align", "--command", sql, database ?? server,
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(sql)")
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Ends every session, and lets nobody in.
    func close() throws {
        try ask("ALTER DATABASE \(name) ALLOW_CONNECTIONS false")
        try ask("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '\(name)'")
    }

    /// Lets everybody in again.
    func reopen() throws {
        try ask("ALTER DATABASE \(name) ALLOW_CONNECTIONS true")
    }
}
