/// One value that is in force, with where it came from: one line of `hydrogen dump-config`.
public struct EffectiveValue: Sendable, Hashable, Codable {
    /// The concrete path: `Databases.Connections[0].Port`.
    public let path: String
    /// The value as JSON text; a secret is ``Secret/mask`` in quotes.
    public let shown: String
    /// `default`, `file:12` with the line, `env NAME`, or `file /run/secrets/x`.
    public let origin: String
    /// Whether a reload puts a changed value in force; otherwise that takes a restart.
    public let reloadable: Bool

    /// A value that is in force; `shown` must already be masked.
    public init(path: String, shown: String, origin: String, reloadable: Bool) {
        self.path = path
        self.shown = shown
        self.origin = origin
        self.reloadable = reloadable
    }
}
