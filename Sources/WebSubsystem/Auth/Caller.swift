import DatabaseSubsystem

/// Who asks: somebody unknown, or whom a token or a key has proved.
struct Caller: Sendable {
    /// How the caller proved who it is.
    enum Proof: Sendable, Hashable {
        /// Nothing was shown.
        case none
        /// A bearer token.
        case token
        /// A key of the configuration.
        case key
    }

    /// How it was proved.
    let proof: Proof
    /// What the caller may do.
    let scopes: [Scope]
    /// What is known of the caller, for parameters that are bound to it.
    let claims: CallerClaims
    /// The database that the caller belongs to, for the conduit; `nil` when nothing names one.
    let database: String?

    /// Nobody in particular.
    static let anonymous = Caller(proof: .none, scopes: [], claims: .none, database: nil)

    /// Whether it is known who asks.
    var isKnown: Bool { proof != .none }

    /// Whether the caller may ask for a query.
    func mayRun(_ id: QueryID, of database: String) -> Bool {
        scopes.contains { $0.covers(id, of: database) }
    }

    /// Whether the caller may ask for any query of a database.
    func mayUse(_ database: String) -> Bool {
        scopes.contains { $0.touches(database) }
    }

    /// Whether the caller has a role at the message queue, or a higher one. Operators have all.
    func mayUseMessageQueue(as role: QueueRole) -> Bool {
        isOperator || scopes.contains { if case .queue(let own) = $0 { own >= role } else { false } }
    }

    /// Whether the caller may use the operator endpoints.
    var isOperator: Bool { scopes.contains(.admin) }
}
