/// How a connection is taken from a subject, and how another one can be had.
enum ConformanceOutage: Sendable {
    /// Another session ends the one of the number that `ask` tells.
    case ofSession(ConformanceSubject, ask: String, kill: @Sendable (String) -> String)
    /// The endpoint, which is there for this alone, ends.
    case ofEndpoint(StandIn)

    /// - Returns: `nil` where no server has sessions.
    init?(of subject: ConformanceSubject) throws {
        switch subject.dialect {
        case .postgresql:
            self = .ofSession(subject, ask: #"SELECT pg_backend_pid() AS "n""#) { "SELECT pg_terminate_backend(\($0))" }
        case .mariadb: self = .ofSession(subject, ask: #"SELECT CONNECTION_ID() AS "n""#) { "KILL \($0)" }
        case .prompt: self = .ofEndpoint(try StandIn())
        case .sqlite, .derby: return nil
        }
    }

    /// Whom it befalls.
    var subject: ConformanceSubject {
        switch self {
        case .ofSession(let subject, _, _): subject
        case .ofEndpoint(let standIn): .ai(at: standIn.endpoint)
        }
    }

    /// Takes the connection of a session away.
    func begin(_ session: ConformanceSession) async throws {
        switch self {
        case .ofSession(let subject, let ask, let kill):
            let number = try await session.text("", ask).filter(\.isNumber)
            try await ConformanceSession.with(subject) { other in try await other.execute(kill(number)) }
        case .ofEndpoint(let standIn): standIn.end()
        }
    }

    /// Makes sure that another connection can be had.
    ///
    /// - Returns: What is to live as long as that.
    func end() throws -> StandIn? {
        switch self {
        case .ofSession: nil
        case .ofEndpoint(let standIn): try standIn.restarted()
        }
    }
}
