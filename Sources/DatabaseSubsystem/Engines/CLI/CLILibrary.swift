import CDatabaseClients
import HydrogenCore

/// A library of the call-level interface: IBM's libdb2, or the driver manager libodbc. Loaded once, never unloaded.
struct CLILibrary: Sendable {
    /// Which library to load, and how the two differ.
    enum Source: Sendable, Hashable {
        /// IBM's client for DB2; `nil` for where the dynamic loader finds it.
        case db2(path: String?)
        /// unixODBC, which loads the driver that a connection string names; `nil` for where the dynamic loader finds it.
        case odbc(path: String?)
    }

    /// The library's functions.
    var functions: HydrogenCLIFunctions
    /// What was loaded: `libodbc.so.2`.
    let evidence: String

    /// - Throws: `libraryMissing`: no library, or one without a function that is needed.
    init(_ source: Source) throws(DatabaseError) {
        let library = try SharedLibrary(names: source.names, package: source.package)
        functions = try library.table(hydrogen_cli_load, package: "a newer \(source.package)")
        evidence = library.fileName
    }

    /// The library that the configuration names: a path, or a name that the dynamic loader knows.
    static func path(_ configured: String?, _ files: ConfigurationFiles) -> String? {
        configured.map { $0.contains("/") ? files.resolved($0) : $0 }
    }
}

extension CLILibrary.Source {
    fileprivate var names: [String] {
        switch self {
        case .db2(let path?), .odbc(let path?): [path]
        case .db2(nil): ["libdb2.so.1", "libdb2.so"]
        case .odbc(nil): ["libodbc.so.2", "libodbc.so.1"]
        }
    }

    fileprivate var package: String {
        switch self {
        case .db2: "IBM Data Server Driver Package (no Debian package: set Library to its lib/libdb2.so)"
        case .odbc: "unixodbc"
        }
    }
}
