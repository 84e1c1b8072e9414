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
        guard let server = Self.environment["HYDROGEN_TEST_POSTGRESQL"],
            let folder = Self.environment["HYDROGEN_PG_BIN"],
            var components = URLComponents(string: server)
        else { throw Absence() }
        name = "own\(UInt64.random(in: 0...UInt64.max))"
        // Foundation's `Process` now and then misses the end of one of many.
        let pipe = popen("'\(folder)/psql' --quiet --no-psqlrc --command 'CREATE DATABASE \(name)' '\(server)'", "r")
        components.path = "/\(name)"
        guard let pipe, pclose(pipe) == 0, let text = components.string else { throw Absence() }
        connection = text
    }
}
