import DatabaseSubsystem

/// Decides who may do what. Pure.
struct AccessPolicy: Sendable, Hashable {
    /// Whether callers can prove who they are.
    let isOn: Bool
    /// Whether callers who show nothing may run public queries.
    let admitsAnonymous: Bool

    /// The policy of a configuration.
    init(_ configuration: AuthConfiguration) {
        isOn = configuration.mode == .required
        admitsAnonymous = !isOn || configuration.allowsAnonymous
    }

    /// Whether the caller may name a query at all; asked before anybody looks whether there is one.
    func admit(_ caller: Caller, to id: QueryID, of database: String) throws(WebError) {
        guard !admitsAnonymous, !caller.mayRun(id, of: database) else { return }
        guard caller.isKnown else { throw .unknownCaller }
        throw .notAllowed("query \(id) of this database")
    }

    /// Whether the caller may run a query that there is.
    func admit(_ caller: Caller, to template: QueryTemplate, of database: String) throws(WebError) {
        guard template.access == .protected || template.isBoundToClaims else { return }
        guard caller.isKnown else {
            throw isOn
                ? WebError(
                    .authenticationRequired,
                    "query \(template.id) is protected: send a bearer token or an API key"
                )
                : WebError(
                    .authenticationRequired,
                    "query \(template.id) is protected, and this server has no authentication (API.Auth.Mode)"
                )
        }
        guard caller.mayRun(template.id, of: database) else {
            throw .notAllowed("query \(template.id) of this database")
        }
    }

    /// Whether the caller may name a database.
    func admit(_ caller: Caller, toDatabase database: String) throws(WebError) {
        guard !admitsAnonymous, !caller.mayUse(database) else { return }
        guard caller.isKnown else { throw .unknownCaller }
        throw .notAllowed("this database")
    }

    /// Whether the caller may use an endpoint of the message queue.
    func admit(_ caller: Caller, toMessageQueueAs role: QueueRole) throws(WebError) {
        guard isOn, !caller.mayUseMessageQueue(as: role) else { return }
        guard caller.isKnown else { throw .unknownCaller }
        throw WebError(.forbidden, title: "Insufficient permissions", "this endpoint needs another role")
    }

    /// Whether the caller may use the operator endpoints.
    func admitOperator(_ caller: Caller) throws(WebError) {
        guard isOn, !caller.isOperator else { return }
        guard caller.isKnown else { throw .unknownCaller }
        throw WebError(.forbidden, "this endpoint needs the scope admin")
    }

    /// Whether what a caller may get, everybody may: then caches that many share may keep it.
    func isForEverybody(_ template: QueryTemplate) -> Bool {
        admitsAnonymous && template.access == .public && !template.isBoundToClaims
    }
}

extension WebError {
    /// A request that shows nothing where something must be shown.
    static let unknownCaller = WebError(
        .authenticationRequired,
        "send a bearer token (Authorization: Bearer …) or a key (X-API-Key: …)"
    )

    /// A caller whose scopes do not cover what it asks for.
    fileprivate static func notAllowed(_ what: String) -> WebError {
        WebError(.forbidden, "the scopes of this token or key do not cover \(what)")
    }
}
