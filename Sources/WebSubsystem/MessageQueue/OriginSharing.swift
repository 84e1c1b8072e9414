import MessageQueueSubsystem

/// Whether pages of other origins may use the message queue. Nothing else of the server is shared.
///
/// Source: WHATWG Fetch, section "CORS protocol".
struct OriginSharing: Sendable, Hashable {
    /// The origin whose pages may, `*` for all; `nil` for none.
    let origin: String?

    /// Whether any may.
    var isOn: Bool { origin != nil }

    /// An answer that says so to a browser.
    func shared(_ answer: Answer) -> Answer {
        guard let origin else { return answer }
        var answer = answer
        answer.headers += [
            ("Access-Control-Allow-Origin", origin),
            ("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS"),
            ("Access-Control-Allow-Headers", "Content-Type, Authorization"),
            ("Access-Control-Max-Age", "86400"),
        ]
        return answer
    }
}

extension OriginSharing {
    /// That of a message queue, as it is configured.
    init(_ subsystem: MessageQueueSubsystem) {
        origin = subsystem.configuration.allowedOrigin
    }
}
