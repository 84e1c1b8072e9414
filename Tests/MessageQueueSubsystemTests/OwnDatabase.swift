import Foundation
import Testing

/// A database that nobody else sees, for what counts for all queues of a database. It goes with the server.
struct OwnDatabase {
    private static let environment = ProcessInfo.processInfo.environment
    static let isThere = ConditionTrait.enabled(
        if: environment["HYDROGEN_TEST_POSTGRESQL"] != nil && environment["HYDROGEN_PG_BIN"] != nil,
        "HYDROGEN_PG_BIN names no programs of PostgreSQL; scripts/with-postgresql does"
    )

    /// How it is connected to.
    let connection: String

    /// Makes it.
    init() throws {
        let name = "own\(UInt64.random(in: 0...UInt64.max))"
        let server = try #require(Self.environment["HYDROGEN_TEST_POSTGRESQL"])
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.environment["HYDROGEN_PG_BIN"]) + "/psql")
        process.arguments = ["--quiet", "--no-psqlrc", "--command", "CREATE DATABASE \(name)", server]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        var components = try #require(URLComponents(string: server))
        components.path = "/\(name)"
        connection = try #require(components.string)
    }
}
