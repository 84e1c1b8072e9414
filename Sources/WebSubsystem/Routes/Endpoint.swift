/// An endpoint as callers know it, whoever answers there.
struct Endpoint: Sendable, Hashable {
    /// Who answers, and with that the form of errors.
    enum Family: Sendable, Hashable {
        case server
        /// The message queue, shared with pages of other origins or not.
        case messageQueue(OriginSharing)
    }

    /// The path, with `:name` for what varies.
    let template: String
    /// The methods that the endpoint takes.
    let methods: [String]
    /// What the endpoint answers, for the page at `/`.
    let purpose: String
    let family: Family

    /// All endpoints of a flight.
    ///
    /// - Parameters:
    ///   - prefix: `API.Prefix`.
    ///   - messageQueue: Who may use the message queue; `nil` when it is no part of the flight.
    static func all(prefix: String, messageQueue: OriginSharing?) -> [Endpoint] {
        let own = Route.allCases.map { route in
            Endpoint(
                template: route.template(prefix: prefix),
                methods: route.methods,
                purpose: route.purpose,
                family: .server
            )
        }
        guard let messageQueue else { return own }
        let queue =
            QueueRoute.allCases.map { ($0.template, $0.method, $0.purpose) }
            + OperatorRoute.all.map { ($0.template, $0.method, $0.purpose) }
        return own
            + queue.map { template, method, purpose in
                Endpoint(
                    template: template,
                    methods: [method],
                    purpose: purpose,
                    family: .messageQueue(messageQueue)
                )
            }
    }
}
