import HydrogenCore

/// What an endpoint does with a template's text.
enum AIMode: String, Sendable, Hashable, CaseIterable {
    /// It answers a prompt.
    case chat
    /// It gives the vector of an input.
    case embeddings

    /// The resource that takes requests.
    var path: String {
        switch self {
        case .chat: "chat/completions"
        case .embeddings: "embeddings"
        }
    }
}

/// Where an AI endpoint is, and what every request to it says.
struct AISettings: Sendable {
    /// The address of the API.
    var endpoint: AIEndpoint?
    /// What is shown to the endpoint as a bearer token; `nil` for one that asks for none.
    var key: Secret?
    /// The model, where a template names none.
    var model = ""
    /// What is asked for.
    var mode = AIMode.chat
    /// The system prompt, where a template has none.
    var system: String?
    /// How free the model is; `nil` leaves it to the endpoint.
    var temperature: Double?
    /// The most tokens of a reply; `nil` leaves it to the endpoint.
    var maximumTokens: Int?
    /// Further members of every request, in the order of their names.
    var options: [(name: String, value: JSONValue)] = []
    /// The certificates that the endpoint's may come from, as a PEM file; `nil` for those of the system.
    var rootCertificate: String?
    /// The most requests at once, of all DQMs together.
    var concurrentRequests = 4
    /// How long a connection may take to open, and a sign of life to come.
    var connectTimeout = Duration.seconds(5)
    /// The longest pause that the endpoint may ask for.
    var maximumRetryAfter = Duration.seconds(60)
}
