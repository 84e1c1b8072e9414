package import HydrogenCore

/// The `API` section.
package struct APIConfiguration: Sendable, Hashable {
    /// What the paths of the API begin with: `/api`.
    package var prefix: String
    /// Whom the server answers.
    package var auth: AuthConfiguration

    /// The defaults, for tests.
    package init() {
        prefix = "/api"
        auth = AuthConfiguration()
    }

    /// Reads the section.
    ///
    /// - `Prefix`: starts with `/` and does not end with one; letters, digits, `-`, `.`, `_` and `~`. Default `/api`.
    /// - `Auth`: see ``AuthConfiguration``.
    package init(_ reader: ConfigurationReader) {
        let path = ValueKind<String>.string(length: 2...100)
            .checked("a path such as /api: letters, digits, - . _ ~, no / at its end", Self.isPrefix)
        prefix = reader.value("Prefix", path, default: APIConfiguration().prefix)
        auth = reader.section("Auth", AuthConfiguration.init)
    }

    private static func isPrefix(_ text: String) -> Bool {
        guard text.first == "/" else { return false }
        return text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).allSatisfy { segment in
            !segment.isEmpty && segment != "." && segment != ".." && segment.allSatisfy(\.isUnreserved)
        }
    }
}

extension Character {
    /// Whether URLs never encode the character.
    ///
    /// Source: RFC 3986, section 2.3.
    fileprivate var isUnreserved: Bool {
        isASCII && (isLetter || isNumber || "-._~".contains(self))
    }
}
