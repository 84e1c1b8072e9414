import HydrogenCore

extension HostQuery {
    /// Runs the query for the database that needs it.
    ///
    /// - Parameters:
    ///   - table: The host's queries.
    ///   - defaultTimeout: How long the query may take where it does not say so itself.
    ///   - connection: One to the host.
    /// - Throws: What keeps the query from giving rows, in words that name it and the host.
    func rows(
        in table: QueryTable,
        defaultTimeout: Duration,
        on connection: any EngineConnection
    ) throws(DatabaseError) -> [DatabaseRow] {
        let (query, values) = try call(in: table)
        do throws(DatabaseError) {
            return try connection.read(
                query.statement,
                values,
                limit: BootstrapRows.maximumCount,
                within: query.template.timeout ?? defaultTimeout
            )
        } catch {
            throw blaming("failed: \(error.message)", code: error.code, because: error)
        }
    }

    /// The query and what is bound to it.
    private func call(in table: QueryTable) throws(DatabaseError) -> (PreparedQuery, [ParameterValue]) {
        switch table[id] {
        case nil: throw blaming("which is not among its queries")
        case .noGo(let query):
            throw blaming("which is No-Go: \(query.reason)", detail: query.detail)
        case .ready(let query):
            guard query.isReadOnly else { throw blaming("but \(DatabaseError.writesWhereReading.message)") }
            do throws(ParameterFault) {
                return (query, try query.template.bind(parameters))
            } catch {
                throw blaming("but Bootstrap.Params do not fit: \(error.message)")
            }
        }
    }

    private func blaming(
        _ what: String,
        code: DatabaseError.Code = .refused,
        detail: String? = nil,
        because cause: DatabaseError? = nil
    ) -> DatabaseError {
        DatabaseError(
            code,
            "needs query \(id) of \(host), \(what)",
            detail: detail ?? cause?.detail,
            sqlState: cause?.sqlState,
            retryAfter: cause?.retryAfter
        )
    }
}
