#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Reads files and folders of the machine for ``ConfigurationFiles``.
enum Disk {
    /// The bytes of a file, which may also be a pipe.
    static func contents(of path: String, maximumBytes: Int) throws(ConfigurationFileError) -> [UInt8] {
        let descriptor = try openFile(path)
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else {
                if errno == EINTR { continue }
                throw failure(path, errno)
            }
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= maximumBytes else {
                throw ConfigurationFileError(path: path, reason: .tooLong(limit: maximumBytes))
            }
        }
    }

    /// The names of the plain files in a folder, sorted, without hidden ones.
    static func names(in folder: String) throws(ConfigurationFileError) -> [String] {
        guard !folder.utf8.contains(0), let stream = opendir(folder.isEmpty ? "." : folder) else {
            throw failure(folder, errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix("."), isPlainFile("\(folder)/\(name)") { names.append(name) }
        }
        return names.sorted()
    }

    /// Whether anything stands at the path, readable or not.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR)
    }

    private static func openFile(_ path: String) throws(ConfigurationFileError) -> Int32 {
        // A NUL would silently end the path in C.
        guard !path.utf8.contains(0) else { throw ConfigurationFileError(path: path.jsonQuoted, reason: .missing) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, errno) }
        return descriptor
    }

    private static func isPlainFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    private static func failure(_ path: String, _ code: Int32) -> ConfigurationFileError {
        let reason: ConfigurationFileError.Reason =
            switch code {
            case ENOENT: .missing
            case EISDIR: .isFolder
            case ENOTDIR: .isNotFolder
            default: .system(String(cString: strerror(code)))
            }
        return ConfigurationFileError(path: path, reason: reason)
    }
}
