import CDatabaseClients

/// libsqlite3, loaded once for the process.
struct SQLiteLibrary: Sendable {
    /// The library's functions.
    let functions: HydrogenSQLiteFunctions
    /// What was loaded: `libsqlite3.so.0, SQLite 3.40.1`.
    let evidence: String

    /// 3.37, the first release with all functions of the table and in-memory databases that connections share.
    private static let oldestVersion: CInt = 3_037_000

    /// The library, or why there is none: the same answer for the length of the process.
    static let shared = Result { () throws(DatabaseError) in try SQLiteLibrary() }

    /// - Throws: `libraryMissing`: no library, one without a function that is needed, one too old, one without thread safety.
    private init() throws(DatabaseError) {
        let package = "libsqlite3-0"
        let library = try SharedLibrary(names: ["libsqlite3.so.0", "libsqlite3.so"], package: package)
        functions = try library.table(hydrogen_sqlite_load, package: "a newer \(package)")
        let version = String(cString: functions.libversion())
        guard functions.libversion_number() >= Self.oldestVersion else {
            throw DatabaseError(.libraryMissing, "SQLite \(version) is too old; install \(package) 3.37 or newer")
        }
        guard functions.threadsafe() != 0 else {
            throw DatabaseError(
                .libraryMissing,
                "\(library.fileName) was built without thread safety; install Debian's \(package)"
            )
        }
        evidence = "\(library.fileName), SQLite \(version)"
    }
}
