public import HydrogenCore

/// The configuration a flight begins with, how to read it again, and how to show it.
public struct FlightConfiguration: Sendable {
    /// The configuration at launch.
    public let document: ConfigurationDocument
    /// Reads and validates the configuration anew, for a reload. Every fault it throws is shown to the operator.
    public let reread: @Sendable () async throws -> ConfigurationDocument
    /// The effective values of a configuration as text, secrets masked.
    public let dump: @Sendable (ConfigurationDocument) -> String

    /// A configuration with the ways to read it again and to show it.
    public init(
        document: ConfigurationDocument,
        reread: @escaping @Sendable () async throws -> ConfigurationDocument,
        dump: @escaping @Sendable (ConfigurationDocument) -> String
    ) {
        self.document = document
        self.reread = reread
        self.dump = dump
    }
}
