/// Where the relative paths of a configuration lead: a folder on disk, or the files built into the binary.
public struct ConfigurationFiles: Sendable {
    /// The longest file that is read, in bytes: 16 MiB.
    public static let maximumBytes = 16 * 1_048_576

    private enum Origin {
        case folder(String)
        case builtIn([String: String])
    }

    private let origin: Origin

    /// Relative paths lead into a folder, usually that of the configuration file; absolute paths stay.
    public static func folder(_ path: String) -> ConfigurationFiles {
        ConfigurationFiles(origin: .folder(path))
    }

    /// Relative paths name built-in texts; absolute paths still read the disk.
    ///
    /// - Parameter files: The texts by relative path, `queries/demo/one.sql`.
    /// - Returns: Files that need no folder.
    public static func builtIn(_ files: [String: String]) -> ConfigurationFiles {
        let texts = files.map { (normalized($0.key), $0.value) }
        return ConfigurationFiles(origin: .builtIn(Dictionary(texts) { first, _ in first }))
    }

    /// The bytes of a file.
    ///
    /// - Throws: ``ConfigurationFileError`` when it is missing, a folder, unreadable or longer than ``maximumBytes``.
    public func read(_ path: String) throws(ConfigurationFileError) -> [UInt8] {
        guard case .builtIn(let files) = origin, !path.hasPrefix("/") else {
            return try Disk.contents(of: resolved(path), maximumBytes: Self.maximumBytes)
        }
        guard let text = files[Self.normalized(path)] else {
            throw ConfigurationFileError(path: "built-in \(path)", reason: .missing)
        }
        return Array(text.utf8)
    }

    /// The names of the plain files in a folder, sorted; hidden ones, whose names start with a dot, left out.
    ///
    /// - Throws: ``ConfigurationFileError`` when there is no such folder or it cannot be read.
    public func names(in folder: String) throws(ConfigurationFileError) -> [String] {
        guard case .builtIn(let files) = origin, !folder.hasPrefix("/") else {
            return try Disk.names(in: resolved(folder))
        }
        let prefix = Self.normalized(folder).isEmpty ? "" : Self.normalized(folder) + "/"
        let below = files.keys.filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count) }
        guard !below.isEmpty else { throw ConfigurationFileError(path: "built-in \(folder)", reason: .missing) }
        return below.filter { !$0.contains("/") && !$0.hasPrefix(".") }.map(String.init).sorted()
    }

    /// The path as the process may open it, for messages and for database files.
    ///
    /// With built-in files a relative path stays, so that it leads into the working folder.
    public func resolved(_ path: String) -> String {
        guard case .folder(let folder) = origin, !path.hasPrefix("/"), !folder.isEmpty, folder != "." else {
            return path
        }
        return folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
    }

    /// The path without empty and `.` components.
    private static func normalized(_ path: String) -> String {
        path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }
}
