/// Why a file or folder that the configuration names cannot be used.
public struct ConfigurationFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Sendable, Hashable {
        /// There is nothing of that name.
        case missing
        /// A file was expected.
        case isFolder
        /// A folder was expected.
        case isNotFolder
        /// The file is longer than this many bytes.
        case tooLong(limit: Int)
        /// The operating system's words.
        case system(String)
    }

    /// The file or folder, resolved.
    public let path: String
    /// What is wrong with it.
    public let reason: Reason

    /// An error about a path.
    public init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }

    public var description: String {
        switch reason {
        case .missing: "\(path) does not exist"
        case .isFolder: "\(path) is a folder; name a file"
        case .isNotFolder: "\(path) is not a folder"
        case .tooLong(let limit): "\(path) is longer than \(limit) bytes"
        case .system(let words): "\(path) cannot be read: \(words)"
        }
    }
}
