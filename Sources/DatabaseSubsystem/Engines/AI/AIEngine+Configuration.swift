import HydrogenCore

extension AIEngine {
    /// The entry of AI endpoints in the registry of engines.
    static let kind = EngineKind(name: "ai", title: "AI", spellings: ["ai", "openai"], dialect: .prompt) { reader, _ in
        AIEngine(AISettings(reader))
    }
}

extension AISettings {
    /// The members of a request that have keys of their own, or follow from the template.
    private static let ownMembers = [
        "model", "messages", "input", "stream", "stream_options", "response_format", "n", "temperature", "max_tokens",
    ]

    /// Reads the keys of an AI endpoint.
    ///
    /// - `Endpoint`: the URL of an OpenAI-compatible API. Required; https, or http on this machine.
    /// - `AllowPlainHTTP`: takes http to other machines, too. Default: `false`.
    /// - `Key`: a bearer token. A secret. Default: none.
    /// - `Model`: required.
    /// - `Mode`: `chat` or `embeddings`. Default: `chat`.
    /// - `System`, `Temperature`, `MaxTokens`: of chats. Default: none.
    /// - `Options`: further members of every request. Default: none.
    /// - `SSLRootCertificate`: a PEM file. Default: the system's certificates.
    /// - `ConcurrentRequests`: of all DQMs together. Default: 4, 1 to 256.
    /// - `ConnectTimeoutSeconds`: default 5, 1 to 300.
    /// - `MaxRetryAfterSeconds`: default 60, 1 to 3,600.
    init(_ reader: ConfigurationReader) {
        endpoint = Self.endpoint(reader)
        key = Self.key(reader)
        model = reader.required("Model", .string(length: 1...256), placeholder: "")
        mode = reader.value("Mode", .oneOf(AIMode.self), default: mode)
        system = reader.optional("System", .string(length: 1...65_536))
        temperature = reader.optional("Temperature", .number(0...2))
        maximumTokens = reader.optional("MaxTokens", .integer(1...10_000_000))
        let options = reader.dictionary("Options", .json)
        for name in options.keys.sorted() where Self.ownMembers.contains(name) {
            reader.fault("Options", expected: "members that no other key gives", got: name.jsonQuoted)
        }
        self.options = options.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        rootCertificate = reader.optional("SSLRootCertificate", .string(length: 1...4096)).map(reader.files.resolved)
        concurrentRequests = reader.value("ConcurrentRequests", .integer(1...256), default: concurrentRequests)
        connectTimeout = reader.value("ConnectTimeoutSeconds", .seconds(1...300), default: connectTimeout)
        maximumRetryAfter = reader.value("MaxRetryAfterSeconds", .seconds(1...3600), default: maximumRetryAfter)
        if mode == .embeddings {
            for key in ["System", "Temperature", "MaxTokens"] where reader.isPresent(key) {
                reader.fault(key, expected: "Mode chat with it", got: "Mode embeddings")
            }
        }
        Self.refuseSQL(reader)
    }

    private static func endpoint(_ reader: ConfigurationReader) -> AIEndpoint? {
        let text = reader.required("Endpoint", .string(length: 1...2048), placeholder: "https://none.invalid")
        let allowsPlain = reader.value("AllowPlainHTTP", .boolean, default: false)
        guard let endpoint = AIEndpoint(text) else {
            // What is wrong may be a password in it.
            reader.fault("Endpoint", expected: "a URL such as https://api.example.com/v1", got: "another text")
            return nil
        }
        if !endpoint.isEncrypted, !endpoint.isLoopback, !allowsPlain {
            let expected = "https, as prompts and the key are for nobody else; or AllowPlainHTTP"
            reader.fault("Endpoint", expected: expected, got: "http to another machine")
        }
        return endpoint
    }

    private static func key(_ reader: ConfigurationReader) -> Secret? {
        guard let key = reader.optional("Key", .secret), !key.isEmpty else { return nil }
        // It goes into a header field, and what refuses others there may print them.
        guard key.reveal().utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            reader.fault("Key", expected: "letters, digits and signs of ASCII", got: "others (not shown)")
            return nil
        }
        return key
    }

    /// What only a database of tables can do.
    private static func refuseSQL(_ reader: ConfigurationReader) {
        for key in ["Migrations", "Triggers", "QueryTables"] where reader.isPresent(key) {
            reader.fault(key, expected: "nothing: an AI endpoint has no tables", got: "a value")
        }
        reader.optionalSection("Bootstrap") { section in
            section.acceptAll()
            guard section.isPresent("SQL") else { return }
            section.fault("SQL", expected: "Host and QueryID: an AI endpoint has no tables", got: "SQL")
        }
    }
}
