import Foundation
import Glibc

/// A database of PostgreSQL that only one test uses, for what counts for all of a database. It goes with the server.
///
/// The server is the one that `HYDROGEN_TEST_POSTGRESQL` names; `HYDROGEN_PG_BIN` has the programs that make a database.
package struct OwnDatabase: Sendable {
    /// Why there is none.
    package struct Absence: Error {}

    private static let environment = ProcessInfo.processInfo.environment

    /// Whether one can be made here.
    package static var isThere: Bool {
        environment["HYDROGEN_TEST_POSTGRESQL"] != nil && environment["HYDROGEN_PG_BIN"] != nil
    }

    /// Why a test is skipped where none can be made.
    package static var reason: String { "no PostgreSQL here: run the tests by scripts/with-postgresql" }

    /// Its name on the server.
    package let name: String
    /// How it is connected to.
    package let connection: String

    /// Makes it.
    package init() throws {
        guard let server = Self.environment["HYDROGEN_TEST_POSTGRESQL"], var components = URLComponents(string: server)
        else { throw Absence() }
        name = "own\(UInt64.random(in: 0...UInt64.max))"
        try Self.ask("CREATE DATABASE \(name)")
        components.path = "/\(name)"
        guard let text = components.string else { throw Absence() }
        connection = text
    }

    /// Runs SQL. Returns what it prints, without blanks around.
    ///
    /// - Parameters:
    ///   - sql: One or more statements.
    ///   - connection: Where; by default the server's own database.
    /// - Throws: ``Absence`` when it fails.
    @discardableResult
    package static func ask(_ sql: String, in connection: String? = nil) throws -> String {
        guard let server = connection ?? environment["HYDROGEN_TEST_POSTGRESQL"],
            let folder = environment["HYDROGEN_PG_BIN"]
        else { throw Absence() }
        let words = [
            folder + "/psql", "--quiet", "--no-psqlrc", "--tuples-only", "--no-align", "--command", sql, server,
        ]
        let command = words.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
        // Foundation's `Process` now and then misses the end of one of many.
        guard let pipe = popen(command, "r") else { throw Absence() }
        var output: [UInt8] = []
        var byte = fgetc(pipe)
        while byte != EOF {
            output.append(UInt8(truncatingIfNeeded: byte))
            byte = fgetc(pipe)
        }
        guard pclose(pipe) == 0 else { throw Absence() }
        return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
