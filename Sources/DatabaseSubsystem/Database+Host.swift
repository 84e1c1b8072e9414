/// How databases whose queries come from another one, their host, and the host get on with each other.
extension Database {
    /// Runs one of this database's queries for a database that needs its rows.
    ///
    /// - Parameter table: The queries to look into. Default: those in use.
    func rows(of query: HostQuery, in table: QueryTable?) async throws(DatabaseError) -> [DatabaseRow] {
        if let obstacle { throw obstacle }
        let table = table ?? self.table
        return try await lead.withConnection { [configuration] connection throws(DatabaseError) in
            try query.rows(in: table, defaultTimeout: configuration.queryTimeout, on: connection)
        }
    }

    /// Why databases that need this one cannot ask it; `nil` when they can.
    var obstacle: DatabaseError? {
        switch phase {
        case .ready: nil
        case .starting(let reason): unavailable("is starting", reason)
        case .recovering(let reason): unavailable("lost its connection", reason)
        case .grounded(let reason): unavailable("is No-Go", reason)
        case .landing, .landed: .stoppedByLanding
        }
    }

    private func unavailable(_ state: String, _ reason: String?) -> DatabaseError {
        let message = "needs \(name), which \(state)" + (reason.map { ": \($0)" } ?? "")
        return DatabaseError(.unavailable, message, retryAfter: .seconds(1))
    }
}
