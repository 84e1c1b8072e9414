/// A configuration text with everything its values may refer to: read once, decoded as often as needed.
public struct ConfigurationDocument: Sendable {
    /// The file as it was named, for faults.
    public let file: String
    /// Where the relative paths of the configuration lead.
    public let files: ConfigurationFiles

    private let root: JSONNode
    private let substitution: ConfigurationSubstitution
    private let duplicates: ConfigurationDuplicates

    /// Reads a text, comments and trailing commas accepted.
    ///
    /// - Parameters:
    ///   - text: UTF-8 without a byte order mark, at most 16 MiB.
    ///   - file: The name that faults give.
    ///   - files: Where relative paths and `${file:…}` lead.
    ///   - environment: The variables of `${env.NAME}`.
    /// - Throws: ``ConfigurationFaults`` with the one place where the text is no JSON.
    public init(
        parsing text: [UInt8],
        file: String,
        files: ConfigurationFiles,
        environment: [String: String]
    ) throws(ConfigurationFaults) {
        var options = JSONParser.Options.configuration
        options.acceptsDuplicateNames = true
        do throws(JSONFault) {
            self.root = try JSONParser(options: options).parse(text)
        } catch {
            let fault = ConfigurationFault(
                file: file,
                location: error.location,
                path: "",
                expected: error.expected,
                got: error.got
            )
            throw ConfigurationFaults([fault])
        }
        self.file = file
        self.files = files
        self.substitution = ConfigurationSubstitution(environment: environment, files: files)
        self.duplicates = ConfigurationDuplicates(in: root, file: file)
    }

    /// The names of the sections that the text has, in its order, those that start with `x-` left out.
    public var sections: [String] {
        guard case .object(let members) = root.value else { return [] }
        return members.map(\.name).filter { !ConfigurationPath.isExtension($0) }
    }

    /// Decodes the whole text.
    ///
    /// - Throws: ``ConfigurationFaults`` with *all* faults: those the readers noted, names that stand twice, and every
    ///   key that `body` did not ask for.
    public func decode<Value>(
        _ body: (ConfigurationReader) -> Value
    ) throws(ConfigurationFaults) -> Decoded<Value> {
        try decode(duplicates: duplicates.faults()) { $0.run(body) }
    }

    /// Decodes one outermost section, as an empty object when it is absent; the others are not judged.
    ///
    /// - Throws: ``ConfigurationFaults`` with all faults of the section.
    public func decode<Value>(
        section: String,
        _ body: (ConfigurationReader) -> Value
    ) throws(ConfigurationFaults) -> Decoded<Value> {
        try decode(duplicates: duplicates.faults(of: section)) { $0.section(section, body) }
    }

    private func decode<Value>(
        duplicates: [ConfigurationFault],
        _ body: (ConfigurationReader) -> Value
    ) throws(ConfigurationFaults) -> Decoded<Value> {
        let decoding = ConfigurationDecoding(file: file, substitution: substitution)
        let value = body(rootReader(decoding))
        let faults = duplicates + decoding.faults
        guard faults.isEmpty else { throw ConfigurationFaults(faults) }
        return Decoded(value: value, effective: decoding.effective)
    }

    private func rootReader(_ decoding: ConfigurationDecoding) -> ConfigurationReader {
        if case .object(let members) = root.value {
            return ConfigurationReader(path: "", members: members, location: root.location, decoding: decoding)
        }
        decoding.add(("an object", root.value.kindInWords, nil), at: "", root.location)
        return ConfigurationReader(
            path: "",
            members: [],
            location: root.location,
            isMuted: true,
            decoding: decoding
        )
    }
}

/// What decoding a configuration gave.
public struct Decoded<Value> {
    /// What the body made of it.
    public let value: Value
    /// Every value that is in force, in the order of reading, secrets masked.
    public let effective: [EffectiveValue]

    /// A decoded value with what is in force.
    public init(value: Value, effective: [EffectiveValue]) {
        self.value = value
        self.effective = effective
    }
}

extension Decoded: Sendable where Value: Sendable {}
