import HydrogenCore

/// What the result cache of one database may hold.
package struct CacheLimits: Sendable, Hashable {
    /// The most that kept results take in memory; 0 keeps none.
    package let maximumBytes: Int
    /// The lifetime of results of a template of the Cache queue that names none.
    package let defaultLifetime: Duration

    /// Reads the section `Cache`.
    ///
    /// - `MaxBytes`: default 32 MiB, 0 to 64 GiB.
    /// - `DefaultTTLSeconds`: default 60, 0 to 2,678,400 (31 days); 0 keeps none.
    init(_ reader: ConfigurationReader) {
        let section = reader.optionalSection("Cache") { reader in
            (
                reader.value("MaxBytes", .integer(0...64 << 30), default: Self.defaultBytes),
                reader.value("DefaultTTLSeconds", .seconds(0...31 * 86_400), default: Self.defaultSeconds)
            )
        }
        (maximumBytes, defaultLifetime) = section ?? (Self.defaultBytes, Self.defaultSeconds)
    }

    private static let defaultBytes = 32 << 20
    private static let defaultSeconds = Duration.seconds(60)
}
