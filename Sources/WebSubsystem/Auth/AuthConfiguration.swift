package import HydrogenCore

/// The section `API.Auth`: whom the server answers.
package struct AuthConfiguration: Sendable, Hashable {
    /// What callers have to prove.
    package enum Mode: String, Sendable, Hashable, CaseIterable {
        /// Nothing: everybody may run every public query, and nobody a protected one.
        case none
        /// Who they are.
        case required
    }

    /// What callers have to prove.
    package var mode: Mode
    /// In mode `none`, whether an address that other machines reach may be listened on; in mode `required`, whether callers
    /// who show nothing may run public queries.
    package var allowsAnonymous: Bool
    /// Which tokens are taken; `nil` for none.
    package var tokens: TokenSettings?
    /// Which keys are taken.
    package var keys: [APIKey]

    /// The defaults, for tests.
    package init() {
        mode = .none
        allowsAnonymous = false
        keys = []
    }

    /// Reads the section.
    ///
    /// - `Mode`: `none` or `required`. Default `none`.
    /// - `AllowAnonymous`: default `false`.
    /// - `JWT`: see ``TokenSettings``. Default: no tokens.
    /// - `APIKeys`: see ``APIKey``. Default: no keys.
    package init(_ reader: ConfigurationReader) {
        let defaults = AuthConfiguration()
        mode = reader.value("Mode", .oneOf(Mode.self), default: defaults.mode)
        allowsAnonymous = reader.value("AllowAnonymous", .boolean, default: defaults.allowsAnonymous)
        tokens = reader.optionalSection("JWT", TokenSettings.init)
        keys = reader.list("APIKeys", APIKey.init)
        for (key, what) in [("name", keys.map(\.name)), ("key", keys.map(\.digest))] {
            let twice = Dictionary(what.map { ($0, 1) }, uniquingKeysWith: +).filter { $0.value > 1 }
            if let first = twice.keys.sorted().first, !first.isEmpty {
                let shown = key == "name" ? first.jsonQuoted : "one twice"
                reader.fault("APIKeys", expected: "each \(key) once", got: shown)
            }
        }
    }
}
