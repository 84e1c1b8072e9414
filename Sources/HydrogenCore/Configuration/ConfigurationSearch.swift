/// Looks for the configuration in the places where an operator may have put it.
///
/// A path given on the command line wins, then `$HYDROGEN_CONFIG`. Both name one file on purpose, so neither falls back
/// to another when that file is missing or broken. Without them the first that exists of `./hydrogen.json`,
/// `./config/hydrogen.json` and `/etc/hydrogen/hydrogen.json` is taken, and broken or not it stays. When none exists,
/// the configuration built into the binary serves.
public struct ConfigurationSearch: Sendable {
    /// The variable that names the file.
    public static let variable = "HYDROGEN_CONFIG"

    /// The configuration of the binary itself.
    public struct BuiltIn: Sendable {
        /// The configuration text.
        public let text: String
        /// The files it refers to, by relative path.
        public let files: [String: String]

        /// A configuration with its files.
        public init(text: String, files: [String: String]) {
            self.text = text
            self.files = files
        }
    }

    private let explicitPath: String?
    private let environment: [String: String]
    private let candidates: [String]
    private let builtIn: BuiltIn

    /// A search; nothing is looked at yet.
    ///
    /// - Parameters:
    ///   - explicitPath: The path of the command line.
    ///   - environment: The variables of the process; they also serve `${env.NAME}`.
    ///   - builtIn: What serves when no file is found.
    ///   - workingFolder: Where `./hydrogen.json` is looked for. Default: `.`.
    ///   - systemFolder: The last folder that is looked at. Default: `/etc/hydrogen`.
    public init(
        explicitPath: String?,
        environment: [String: String],
        builtIn: BuiltIn,
        workingFolder: String = ".",
        systemFolder: String = "/etc/hydrogen"
    ) {
        self.explicitPath = explicitPath
        self.environment = environment
        self.builtIn = builtIn
        self.candidates = [
            "\(workingFolder)/hydrogen.json", "\(workingFolder)/config/hydrogen.json", "\(systemFolder)/hydrogen.json",
        ]
    }

    /// Looks, and answers which configuration won and which were passed over.
    public func find() -> ConfigurationChoice {
        let variable = environment[Self.variable].flatMap { $0.isEmpty ? nil : $0 }
        if let explicitPath {
            let ignored =
                variable.map { [(path: $0, reason: "a path was given, so $\(Self.variable) is not used")] } ?? []
            return choice(.file(explicitPath, by: .commandLine), passedOver: ignored)
        }
        if let variable { return choice(.file(variable, by: .environment), passedOver: []) }
        let missing = candidates.prefix { !Disk.exists($0) }
        let winner: ConfigurationChoice.Source =
            missing.count < candidates.count ? .file(candidates[missing.count], by: .search) : .builtIn
        return choice(winner, passedOver: missing.map { ($0, "it does not exist") })
    }

    private func choice(
        _ source: ConfigurationChoice.Source,
        passedOver: [(path: String, reason: String)]
    ) -> ConfigurationChoice {
        ConfigurationChoice(
            source: source,
            passedOver: passedOver.map { .init(path: $0.path, reason: $0.reason) },
            builtIn: builtIn,
            environment: environment
        )
    }
}
