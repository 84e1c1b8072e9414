import DatabaseSubsystem
import HydrogenCore

extension QueryRequestParser {
    /// The database that a request to load queries anew names; `nil` for all of them.
    ///
    /// The body must say that it is JSON, which no page of another site can send without being allowed to.
    func databaseToReload(in request: QueryRequest) throws(WebError) -> String? {
        guard request.contentType != nil else {
            throw WebError(.unsupportedContent, "send a JSON object, {} for all, with Content-Type: application/json")
        }
        switch try members(of: request)["database"]?.value {
        case nil: return nil
        case .string(let name): return try database(named: name).name
        default: throw WebError(.invalidParameters, "database should be the name of one")
        }
    }
}
