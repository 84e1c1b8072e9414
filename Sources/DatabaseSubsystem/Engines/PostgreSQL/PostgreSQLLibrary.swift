import CDatabaseClients

/// libpq, loaded once for the process.
struct PostgreSQLLibrary: Sendable {
    /// The library's functions.
    let functions: HydrogenPostgreSQLFunctions
    /// What was loaded: `libpq.so.5, libpq 15.18`.
    let evidence: String

    /// 14, the first release with pipeline mode.
    private static let oldestVersion: CInt = 140_000

    /// The library, or why there is none: the same answer for the length of the process.
    static let shared = Result { () throws(DatabaseError) in try PostgreSQLLibrary() }

    /// - Throws: `libraryMissing`: no library, one without a function that is needed, one without thread safety.
    private init() throws(DatabaseError) {
        let package = "libpq5"
        let library = try SharedLibrary(names: ["libpq.so.5", "libpq.so"], package: package)
        functions = try library.table(hydrogen_postgresql_load, package: "\(package) of PostgreSQL 14 or newer")
        let version = functions.libVersion()
        guard version >= Self.oldestVersion else {
            throw DatabaseError(
                .libraryMissing,
                "libpq \(version / 10_000) is too old; install \(package) of PostgreSQL 14 or newer"
            )
        }
        guard functions.isthreadsafe() != 0 else {
            throw DatabaseError(
                .libraryMissing,
                "\(library.fileName) was built without thread safety; install Debian's \(package)"
            )
        }
        evidence = "\(library.fileName), libpq \(version / 10_000).\(version % 10_000)"
    }
}
