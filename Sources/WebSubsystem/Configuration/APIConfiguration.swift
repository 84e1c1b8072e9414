package import HydrogenCore

/// The `API` section.
package struct APIConfiguration: Sendable, Hashable {
    /// What the paths of the API begin with: `/api`.
    package var prefix: String
    /// Whether callers may stay unknown on an address that other machines reach.
    package var allowsAnonymous: Bool

    /// The defaults, for tests.
    package init() {
        prefix = "/api"
        allowsAnonymous = false
    }

    /// Reads the section.
    ///
    /// - `Prefix`: starts with `/` and does not end with one; letters, digits, `-`, `.`, `_` and `~`. Default `/api`.
    /// - `Auth.Mode`: `none`; this release knows no other. Default `none`.
    /// - `Auth.AllowAnonymous`: must be `true` for mode `none` on an address that other machines reach.
    ///   Default `false`.
    package init(_ reader: ConfigurationReader) {
        let defaults = APIConfiguration()
        let path = ValueKind<String>.string(length: 2...100)
            .checked("a path such as /api: letters, digits, - . _ ~, no / at its end", Self.isPrefix)
        prefix = reader.value("Prefix", path, default: defaults.prefix)
        allowsAnonymous = reader.section("Auth") { reader in
            let mode = ValueKind<String>.string.checked("none (this release has no authentication)") {
                $0.lowercased() == "none"
            }
            _ = reader.value("Mode", mode, default: "none")
            return reader.value("AllowAnonymous", .boolean, default: defaults.allowsAnonymous)
        }
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
