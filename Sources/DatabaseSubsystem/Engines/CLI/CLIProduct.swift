import CDatabaseClients

/// What is known of the product behind a connection: the little that the call-level interface does not make alike.
struct CLIProduct: Sendable {
    /// What errors are called by number.
    enum Numbers: Sendable {
        case db2, mariaDB, sqlite, none

        /// A length, or a count of rows, as the library has written it: IBM's has 32 bits of it, also behind a driver manager.
        func length(_ written: HydrogenCLILength) -> Int {
            self == .db2 ? Int(Int32(truncatingIfNeeded: written)) : Int(written)
        }
    }

    /// The name that the driver gives; that of libdb2 for anything behind it.
    let name: String
    /// The statement that asks for a sign of life.
    let ping: String
    /// Statements that make a new session write and read moments in UTC.
    let setup: [String]
    /// Names of types whose values are moments, so that their text is UTC.
    let momentTypes: Set<String>
    /// How many decimals of a second a moment has that is bound; `nil` where the server takes whatever comes.
    ///
    /// PostgreSQL rounds further ones, and the last moment of the year 9999 then lies behind what its driver can read.
    let decimalsOfMoments: Int?
    /// Whether `CREATE TABLE IF NOT EXISTS` is known.
    let knowsIfNotExists: Bool
    /// How another session stops what a session runs, where the driver's own request to cancel is not safe: what asks for the session's
    /// number, as `n`, and the statement that the number follows.
    let stop: (ask: String, request: String)?
    /// By which numbers errors are told where their SQLSTATE says too little.
    let numbers: Numbers
    /// Whether the driver describes columns after each run from what it has; libdb2 asks the server anew, but counts them freely.
    var describesFreely: Bool { numbers != .db2 }

    private init(
        _ name: String,
        ping: String = "SELECT 1",
        setup: [String] = [],
        momentTypes: Set<String> = [],
        decimalsOfMoments: Int? = nil,
        knowsIfNotExists: Bool = false,
        stop: (ask: String, request: String)? = nil,
        numbers: Numbers = .none
    ) {
        self.name = name
        self.ping = ping
        self.setup = setup
        self.momentTypes = momentTypes
        self.decimalsOfMoments = decimalsOfMoments
        self.knowsIfNotExists = knowsIfNotExists
        self.stop = stop
        self.numbers = numbers
    }

    /// Anything that IBM's client library connects to.
    static let db2 = CLIProduct("DB2", ping: "VALUES 1", numbers: .db2)

    /// The product of a name, as drivers give it.
    init(named name: String) {
        let lower = name.lowercased()
        self =
            switch lower {
            case "postgresql":
                CLIProduct(
                    name,
                    setup: ["SET TIME ZONE 'UTC'"],
                    momentTypes: ["timestamptz", "timestamp with time zone"],
                    decimalsOfMoments: 6,
                    knowsIfNotExists: true
                )
            case "mariadb", "mysql":
                CLIProduct(
                    name,
                    setup: ["SET time_zone = '+00:00'"],
                    momentTypes: ["timestamp"],
                    knowsIfNotExists: true,
                    // The driver closes the statement when it is asked to cancel one that is about to run.
                    stop: ("SELECT CONNECTION_ID() AS n", "KILL QUERY "),
                    numbers: .mariaDB
                )
            case "sqlite": CLIProduct(name, knowsIfNotExists: true, numbers: .sqlite)
            case "oracle": CLIProduct(name, ping: "SELECT 1 FROM DUAL")
            case _ where lower.hasPrefix("db2"), "apache derby": CLIProduct(name, ping: "VALUES 1", numbers: .db2)
            default: CLIProduct(name.isEmpty ? "unnamed" : name)
            }
    }
}
