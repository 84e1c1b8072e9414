/// Why a connection could not be opened, in words that are safe to show.
///
/// libpq keeps no SQLSTATE of a failed connection, only the server's text, which names users and hosts. What is told from it are
/// the English messages of the server and libpq; in other languages the reason is the general one.
struct PostgreSQLRefusal: Equatable {
    /// The reason.
    let message: String
    /// The SQLSTATE that the server sends with such a reason.
    let state: SQLState

    /// Words that must all stand in a text, and what they mean; the first that fits counts, so the most exact come first.
    private static let known: [(words: [String], message: String, state: SQLState)] = [
        (["password authentication failed"], "the server refused the password; mend User or Pass", .invalidPassword),
        (["no password supplied"], "the server wants a password; set Pass", .invalidPassword),
        (["authentication failed"], "the server refused the login; mend User or Pass", .invalidAuthorization),
        (
            ["no pg_hba.conf entry"], "the server does not let this user in from here; mend its pg_hba.conf",
            .invalidAuthorization
        ),
        (
            ["is not permitted to log in"], "the server refused the login; the role needs LOGIN",
            .invalidAuthorization
        ),
        (["too many clients"], "the server has no connection left", .tooManyConnections),
        (
            ["too many connections"], "the server has no connection left for this user or database",
            .tooManyConnections
        ),
        (["remaining connection slots"], "the server has no connection left", .tooManyConnections),
        (["starting up"], "the server is starting up", .cannotConnectNow),
        (["shutting down"], "the server is shutting down", .cannotConnectNow),
        (["in recovery mode"], "the server recovers from a crash", .cannotConnectNow),
        (["private key"], "TLS failed: the private key cannot be used; mend SSLKey", .connectionFailure),
        (
            ["certificate"], "TLS failed: a certificate does not fit; mend SSLMode or SSLRootCertificate",
            .connectionFailure
        ),
        (["role \"", "does not exist"], "the server knows no such user; mend User", .invalidAuthorization),
        (["database \"", "does not exist"], "the server has no such database; mend Database", .noSuchDatabase),
        (["could not translate host name"], "the server's name cannot be resolved; mend Host", .connectionFailure),
        (["Connection refused"], "the server cannot be reached: connection refused", .connectionFailure),
        (["No such file"], "the server cannot be reached: no local socket", .connectionFailure),
        (["SSL"], "TLS failed; mend SSLMode", .connectionFailure),
        (["session is"], "no server of the list is of the wished kind", .connectionFailure),
        (["server is"], "no server of the list is of the wished kind", .connectionFailure),
    ]

    /// What a text of libpq means.
    init(_ text: String) {
        let found = Self.known.first { $0.words.allSatisfy { text.contains($0) } }
        message = found?.message ?? "the server cannot be reached, or refused the connection"
        state = found?.state ?? .connectionFailure
    }
}
