/// The endpoints of the conduit that run one query or several: the same analysis, other callers.
///
/// Source: the original server's `/api/conduit/…`.
enum ConduitEndpoint: Sendable, Hashable, CaseIterable {
    /// `query`, `queries`: public queries of a database that the request names, for everybody.
    case open
    /// `auth_query`, `auth_queries`: every query of the database that the caller belongs to.
    case own
    /// `alt_query`, `alt_queries`: every query of a database that the request names, for callers who may use it.
    case other

    /// The endpoint for one query.
    var route: Route {
        switch self {
        case .open: .conduit
        case .own: .conduitAuth
        case .other: .conduitAlt
        }
    }
}
