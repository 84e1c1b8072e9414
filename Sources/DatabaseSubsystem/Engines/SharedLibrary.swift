import Glibc

/// A C library loaded at run time, and never unloaded: its function pointers live as long as the process.
struct SharedLibrary: @unchecked Sendable {
    // Unsafe 1: the handle is only ever passed to dlsym(3), which any thread may call.
    let handle: UnsafeMutableRawPointer
    /// The file name under which the library was found.
    let fileName: String

    /// Loads the first of `names` that is there.
    ///
    /// - Parameters:
    ///   - names: File names as dlopen(3) takes them, the versioned one first: the bare `.so` belongs to development packages.
    ///   - package: The Debian package to install when none is there.
    /// - Throws: `libraryMissing`, with what dlopen said of the first name.
    init(names: [String], package: String) throws(DatabaseError) {
        var firstReason: String?
        for name in names {
            if let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) {
                self.handle = handle
                self.fileName = name
                return
            }
            let reason = dlerror().map { String(cString: $0) } ?? "not found"
            firstReason = firstReason ?? reason
        }
        throw DatabaseError(
            .libraryMissing,
            "\(names.first ?? "the client library") cannot be loaded; install the package \(package)",
            detail: firstReason
        )
    }

    /// Fills a table of the library's functions.
    ///
    /// - Parameters:
    ///   - load: Fills the table, and returns the name of the first function that it did not find.
    ///   - package: What to install when one is missing.
    /// - Throws: `libraryMissing`, with the name of the function.
    func table<Functions>(
        _ load: (UnsafeMutableRawPointer, UnsafeMutablePointer<Functions>) -> UnsafePointer<CChar>?,
        package: String
    ) throws(DatabaseError) -> Functions {
        let table = UnsafeMutablePointer<Functions>.allocate(capacity: 1)
        defer { table.deallocate() }
        if let missing = load(handle, table) {
            let name = String(cString: missing)
            throw DatabaseError(.libraryMissing, "\(fileName) has no function \(name); install \(package)")
        }
        return table.pointee
    }
}
