import HydrogenCore

/// A configuration that was found, read and found free of faults.
struct LoadedConfiguration: Sendable {
    /// Which file won, and which were passed over.
    let choice: ConfigurationChoice
    /// The text.
    let document: ConfigurationDocument
    /// The sections.
    let value: HydrogenConfiguration
    /// What is in force, with its origin.
    let dump: ConfigurationDump

    /// Finds, reads and validates.
    ///
    /// - Parameter path: The path of the command line.
    /// - Throws: ``ConfigurationFaults`` with all faults of the one file that was chosen.
    init(path: String?, environment: [String: String]) throws(ConfigurationFaults) {
        let builtIn = ConfigurationSearch.BuiltIn(text: EmbeddedDefault.configuration, files: EmbeddedDefault.files)
        try self.init(ConfigurationSearch(explicitPath: path, environment: environment, builtIn: builtIn).find())
    }

    private init(_ choice: ConfigurationChoice) throws(ConfigurationFaults) {
        let document = try choice.load()
        let decoded = try document.decode(HydrogenConfiguration.init)
        self.choice = choice
        self.document = document
        self.value = decoded.value
        self.dump = ConfigurationDump(decoded.effective)
    }

    /// Reads the chosen file again.
    func reread() throws(ConfigurationFaults) -> LoadedConfiguration {
        try LoadedConfiguration(choice)
    }
}
