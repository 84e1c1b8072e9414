import CoreMetrics
import Foundation
import HydrogenCore
import Testing

@testable import DatabaseSubsystem

/// One engine with what stands behind it, made from a configuration as operators write it: the conformance suite runs against each.
///
/// An engine is proven by one entry of ``all``.
struct ConformanceSubject: Sendable, CustomTestStringConvertible {
    /// What the database behind the engine speaks: a dialect of SQL, or prose.
    enum Dialect: Sendable, Hashable {
        case postgresql, sqlite, mariadb, derby, prompt
    }

    /// What the suite's reports call it: `PostgreSQL`, `ODBC to MariaDB`.
    let name: String
    let dialect: Dialect
    /// The members of the connection's object in the configuration; `nil` when the server or a library is not here.
    let members: @Sendable (TemporaryFolder) -> String?
    /// Cases that do not hold for this engine, by their names, and why: each is said in docs/queries.md.
    var exceptions: [String: String] = [:]

    var testDescription: String { name }

    /// Every engine.
    static let all: [ConformanceSubject] = [
        ConformanceSubject(name: "SQLite", dialect: .sqlite) { folder in
            #""Engine": "sqlite", "Database": "\#(folder.path)/conformance.db""#
        },
        ConformanceSubject(name: "PostgreSQL", dialect: .postgresql) { _ in
            PostgreSQLServer.url.map { #""Engine": "postgresql", "ConnectionString": "\#($0)""# }
        },
        ConformanceSubject(name: "MariaDB", dialect: .mariadb) { _ in
            MySQLServer.url.map { #""Engine": "mysql", "ConnectionString": "\#($0)""# }
        },
        overCLI(.db2, "DB2's client to Derby", .derby, CLIExceptions.derby),
        overCLI(.postgresql, "ODBC to PostgreSQL", .postgresql, CLIExceptions.postgresql),
        overCLI(.mariadb, "ODBC to MariaDB", .mariadb, CLIExceptions.mariadb),
        overCLI(.sqlite, "ODBC to SQLite", .sqlite, CLIExceptions.sqlite),
        ai(at: sharedEndpoint),
    ]

    /// Those that can be run here. The others are told by the test of what is missing.
    static let present: [ConformanceSubject] = {
        guard let folder = try? TemporaryFolder() else { return [] }
        return all.filter { $0.members(folder) != nil }
    }()

    /// The connection as the configuration has it.
    func connection(in folder: TemporaryFolder) throws -> ConnectionConfiguration {
        let members = try #require(self.members(folder))
        let text = #"{ "Databases": { "Connections": [ { "Name": "Subject", \#(members) } ] } }"#
        let document = try ConfigurationDocument(
            parsing: Array(text.utf8),
            file: "conformance.json",
            files: .builtIn([:]),
            environment: [:]
        )
        let databases = try document.decode(section: "Databases", DatabasesConfiguration.init).value
        return try #require(databases.connections.first)
    }
}
