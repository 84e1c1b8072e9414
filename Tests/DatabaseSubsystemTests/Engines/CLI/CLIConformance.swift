import HydrogenCore

@testable import DatabaseSubsystem

extension ConformanceSubject {
    /// A source of the call-level interface.
    static func overCLI(
        _ source: CLISource,
        _ name: String,
        _ dialect: Dialect,
        _ exceptions: [String: String]
    ) -> ConformanceSubject {
        ConformanceSubject(
            name: name,
            dialect: dialect,
            members: { folder in
                guard CLISource.there.contains(source) else { return nil }
                return source.connectionString(in: folder.path).map { string in
                    let engine = source == .db2 ? "db2" : "odbc"
                    return source.libraryPath.map {
                        #""Engine": "\#(engine)", "ConnectionString": "\#(string)", "Library": "\#($0)""#
                    } ?? #""Engine": "\#(engine)", "ConnectionString": "\#(string)""#
                }
            },
            exceptions: exceptions
        )
    }
}

/// Cases that do not hold over a driver, and why.
enum CLIExceptions {
    private static let interrupt = "Derby cannot interrupt a statement, and ends the connection"
    private static let stop = "the driver cannot be trusted after a stop, and the connection is replaced"
    private static let json = "the driver does not tell JSON from text"

    static let derby = [
        "cancel": interrupt, "deadline": interrupt, "500 calls with cancels": interrupt,
    ]
    static let postgresql = ["JSON": json, "JSON with blanks": json]
    static let mariadb = [
        "cancel": stop, "deadline": stop, "500 calls with cancels": stop,
        "true": "BOOLEAN is TINYINT, and the driver does not tell its width",
        "false": "BOOLEAN is TINYINT, and the driver does not tell its width", "JSON": json, "JSON with blanks": json,
    ]
    static let sqlite = [
        "all digits of one": "the driver cuts floating point numbers to 15 digits",
        "an instant": zones, "an instant with decimals": zones,
    ]
    private static let zones = "the driver drops zones"
}
