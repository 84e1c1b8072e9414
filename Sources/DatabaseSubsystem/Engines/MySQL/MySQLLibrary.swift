import CDatabaseClients

/// libmariadb, loaded once for the process. It talks to the servers of MariaDB and of MySQL.
struct MySQLLibrary: Sendable {
    /// The library's functions.
    let functions: HydrogenMySQLFunctions
    /// What was loaded: `libmariadb.so.3, Connector/C 3.3.20`.
    let evidence: String

    /// The library, or why there is none: the same answer for the length of the process.
    static let shared = Result { () throws(DatabaseError) in try MySQLLibrary() }

    /// - Throws: `libraryMissing`: no library, or one without a function that is needed.
    private init() throws(DatabaseError) {
        let library = try SharedLibrary(names: ["libmariadb.so.3", "libmariadb.so"], package: "libmariadb3")
        functions = try library.table(hydrogen_mysql_load, package: "libmariadb3 of MariaDB 10.5 or newer")
        // Not to be left to the first of many threads.
        guard functions.server_init(0, nil, nil) == 0 else {
            throw DatabaseError(.libraryMissing, "\(library.fileName) cannot be initialised")
        }
        evidence = "\(library.fileName), Connector/C \(String(cString: functions.get_client_info()))"
    }
}
