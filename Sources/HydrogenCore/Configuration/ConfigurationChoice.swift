/// Which configuration a ``ConfigurationSearch`` chose, and which it passed over.
public struct ConfigurationChoice: Sendable {
    /// Why a file was looked at.
    public enum Reason: Sendable, Hashable {
        /// The command line names it.
        case commandLine
        /// `$HYDROGEN_CONFIG` names it.
        case environment
        /// It stands in one of the usual places.
        case search
    }

    /// What was chosen.
    public enum Source: Sendable, Hashable {
        /// The file at this path.
        case file(String, by: Reason)
        /// The configuration in the binary, for want of a file.
        case builtIn
    }

    /// A file that was not chosen.
    public struct PassedOver: Sendable, Hashable, Codable {
        /// The file.
        public let path: String
        /// Why it was not chosen: `it does not exist`.
        public let reason: String
    }

    /// The name that faults give to the configuration in the binary.
    public static let builtInName = "built-in configuration"

    /// What was chosen.
    public let source: Source
    /// What was passed over, in the order of looking.
    public let passedOver: [PassedOver]

    private let builtIn: ConfigurationSearch.BuiltIn
    private let environment: [String: String]

    init(
        source: Source,
        passedOver: [PassedOver],
        builtIn: ConfigurationSearch.BuiltIn,
        environment: [String: String]
    ) {
        self.source = source
        self.passedOver = passedOver
        self.builtIn = builtIn
        self.environment = environment
    }

    /// The chosen configuration as logs, reports and faults name it.
    public var name: String {
        switch source {
        case .file(let path, _): path
        case .builtIn: Self.builtInName
        }
    }

    /// Reads the chosen configuration; again on each call, as a reload needs it.
    ///
    /// - Throws: ``ConfigurationFaults`` when it cannot be read or is no JSON. No other configuration is tried.
    public func load() throws(ConfigurationFaults) -> ConfigurationDocument {
        switch source {
        case .builtIn:
            return try ConfigurationDocument(
                parsing: Array(builtIn.text.utf8),
                file: name,
                files: .builtIn(builtIn.files),
                environment: environment
            )
        case .file(let path, let reason):
            return try ConfigurationDocument(
                parsing: try bytes(of: path, reason),
                file: path,
                files: .folder(Self.folder(of: path)),
                environment: environment
            )
        }
    }

    private func bytes(of path: String, _ reason: Reason) throws(ConfigurationFaults) -> [UInt8] {
        do throws(ConfigurationFileError) {
            return try Disk.contents(of: path, maximumBytes: ConfigurationFiles.maximumBytes)
        } catch {
            let by = reason == .environment ? " (named by $\(ConfigurationSearch.variable))" : ""
            let fault = ConfigurationFault(
                file: path,
                location: .start,
                path: "",
                expected: "a configuration file that can be read\(by)",
                got: "none: \(error)"
            )
            throw ConfigurationFaults([fault])
        }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
