import Glibc
import HydrogenCore
import Synchronization

/// Where a SQLite database is: a file, or the memory of this process.
enum SQLiteLocation: Sendable, Hashable {
    /// A file, made when it does not exist.
    case file(path: String)
    /// Memory that all connections of one engine share, under a name that no other engine has.
    case memory(name: String)

    private static let memoryCount = Atomic<Int>(0)

    /// The database that the configuration names: a path, or `:memory:`.
    init(configured: String, resolve: (String) -> String) {
        switch configured {
        case ":memory:":
            self = .memory(name: "hydrogen-\(Self.memoryCount.add(1, ordering: .relaxed).newValue)")
        default:
            self = .file(path: resolve(configured))
        }
    }

    /// What `sqlite3_open_v2` is given. The VFS `memdb` shares what begins with a slash among the connections of a process.
    var openName: String {
        switch self {
        case .file(let path): path
        case .memory(let name): "file:/\(name)?vfs=memdb"
        }
    }

    /// Whether there is a database already: a file that is not empty.
    var hasContent: Bool {
        guard case .file(let path) = self else { return false }
        var status = stat()
        return stat(path, &status) == 0 && status.st_size > 0
    }

    /// What can be known about the place without opening the database.
    func inspect() -> Finding {
        switch self {
        case .memory: .go("in memory: gone when the server lands")
        case .file(let path): Self.inspect(file: path)
        }
    }

    private static func inspect(file path: String) -> Finding {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var status = stat()
        guard stat(folder, &status) == 0 else {
            return .partNoGo("the folder \(folder) cannot be reached (\(String(cString: strerror(errno)))); create it")
        }
        guard access(folder, W_OK | X_OK) == 0 else {
            return .partNoGo(
                "the folder \(folder) is not writable for user \(getuid()), and SQLite makes files there; chown or chmod it"
            )
        }
        guard stat(path, &status) == 0 else { return .go("\(path) does not exist and will be created") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            return .partNoGo("\(path) is not a plain file; name another")
        }
        guard access(path, R_OK | W_OK) == 0 else {
            return .partNoGo("\(path) is not readable and writable for user \(getuid()); chown or chmod it")
        }
        return hasForeignContent(path)
            ? .partNoGo("\(path) is not a SQLite database; name another file")
            : .go("\(path), \(status.st_size) bytes")
    }

    /// Whether the file has content that does not begin as SQLite's do. Source: https://sqlite.org/fileformat.html, 1.3.
    private static func hasForeignContent(_ path: String) -> Bool {
        guard let file = fopen(path, "r") else { return true }
        defer { fclose(file) }
        var header = [UInt8](repeating: 0, count: 16)
        let count = fread(&header, 1, header.count, file)
        return count != 0 && header != Array("SQLite format 3\0".utf8)
    }
}
