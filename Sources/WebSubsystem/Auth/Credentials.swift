/// What a request shows to prove who sends it.
enum Credentials: Sendable, Hashable {
    /// Nothing.
    case none
    /// `Authorization: Bearer …`.
    case token(String)
    /// `X-API-Key: …`.
    case key(String)
    /// Something that cannot be read, with what is wrong.
    case unreadable(String)

    /// Reads the two headers; of each there is at most one, else they are joined by commas.
    ///
    /// Source: RFC 6750, section 2.1; RFC 9110, section 11.6.2.
    init(authorization: String?, key: String?) {
        switch (authorization, key) {
        case (nil, nil): self = .none
        case (nil, let key?):
            self = key.isEmpty || key.contains(",") ? .unreadable("X-API-Key should hold one key") : .key(key)
        case (let authorization?, nil): self = Self.bearer(authorization)
        case (_?, _?): self = .unreadable("give either Authorization or X-API-Key, not both")
        }
    }

    private static func bearer(_ header: String) -> Credentials {
        let parts = header.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer", !parts[1].contains(",") else {
            return .unreadable("Authorization should be: Bearer, a space, one token")
        }
        return .token(String(parts[1]))
    }
}
