package import HydrogenCore

/// The `MessageQueue` section.
package struct MessageQueueConfiguration: Sendable, Hashable {
    /// Whether the subsystem is part of the flight.
    package var isEnabled: Bool
    /// The name of the connection of `Databases` that holds the queues.
    package var database: String
    /// How many messages a pop gives that does not say.
    package var defaultBatch: Int
    /// How long a pop waits that does not say.
    package var defaultTimeout: Duration
    /// The longest that a pop may wait.
    package var maximumTimeout: Duration
    /// Where a consumer group begins that does not say.
    package var defaultSubscription: Subscription
    /// The most statements of one kind that run at once.
    package var maximumConcurrency: Int
    /// How often messages are removed that are older than their queues keep them.
    package var retentionInterval: Duration
    /// How often messages are removed that waited longer than they may.
    package var evictionInterval: Duration
    /// The most messages of a partition that one statement removes.
    package var removalBatch: Int
    /// After how many days without a push an empty partition is removed.
    package var emptyPartitionDays: Int
    /// The origin whose pages may use the queue from a browser, `*` for all; `nil` for none.
    package var allowedOrigin: String?
    /// Where pushes are kept that the database does not take.
    package var buffer: BufferConfiguration
    /// The key of queues that want encryption: 64 hexadecimal digits.
    package var encryptionKey: Secret?
    /// What encrypts with it; `nil` without a key.
    var cipher: PayloadCipher? { encryptionKey.flatMap { PayloadCipher($0) } }

    /// Where a consumer group begins in a partition that it has not seen.
    package enum Subscription: String, Sendable, Hashable, CaseIterable {
        /// With the oldest message.
        case all
        /// With what is pushed after its first pop.
        case new
    }

    /// Reads the section.
    ///
    /// - `Enabled`: default false.
    /// - `Database`: the name of a PostgreSQL connection; required when enabled.
    /// - `DefaultBatch`: default 1, 1 to 10,000.
    /// - `DefaultTimeoutSeconds`: default 30, 1 to 3,600.
    /// - `MaxTimeoutSeconds`: default 300, 1 to 3,600, `DefaultTimeoutSeconds` or more.
    /// - `DefaultSubscription`: `all` or `new`. Default `all`.
    /// - `MaxConcurrency`: default 4, 1 to 64.
    /// - `RetentionIntervalSeconds`: default 300, 1 to 86,400.
    /// - `EvictionIntervalSeconds`: default 60, 1 to 86,400.
    /// - `RemovalBatch`: default 1,000, 1 to 100,000.
    /// - `EmptyPartitionDays`: default 30, 1 to 36,500.
    /// - `AllowedOrigin`: `*`, or an origin like `https://dashboard.example`; default `*`; empty for none.
    /// - `Buffer`: see ``BufferConfiguration``.
    /// - `EncryptionKey`: 64 hexadecimal digits, a secret; default none.
    package init(_ reader: ConfigurationReader) {
        isEnabled = reader.value("Enabled", .boolean, default: false)
        if isEnabled {
            database = reader.required("Database", .string, placeholder: "")
        } else {
            database = reader.optional("Database", .string) ?? ""
        }
        defaultBatch = reader.value("DefaultBatch", .integer(1...10_000), default: 1)
        defaultTimeout = reader.value("DefaultTimeoutSeconds", .seconds(1...3600), default: .seconds(30))
        maximumTimeout = reader.value("MaxTimeoutSeconds", .seconds(1...3600), default: .seconds(300))
        defaultSubscription = reader.value("DefaultSubscription", .oneOf(Subscription.self), default: .all)
        maximumConcurrency = reader.value("MaxConcurrency", .integer(1...64), default: 4)
        retentionInterval = reader.value("RetentionIntervalSeconds", .seconds(1...86_400), default: .seconds(300))
        evictionInterval = reader.value("EvictionIntervalSeconds", .seconds(1...86_400), default: .seconds(60))
        removalBatch = reader.value("RemovalBatch", .integer(1...100_000), default: 1000)
        emptyPartitionDays = reader.value("EmptyPartitionDays", .integer(1...36_500), default: 30)
        let origin = reader.value("AllowedOrigin", .string, default: "*")
        allowedOrigin = origin.isEmpty ? nil : origin
        if maximumTimeout < defaultTimeout {
            reader.fault(
                "MaxTimeoutSeconds",
                expected: "DefaultTimeoutSeconds (\(defaultTimeout.components.seconds)) or more",
                got: "\(maximumTimeout.components.seconds)"
            )
        }
        if !origin.isEmpty, origin != "*", !Self.isOrigin(origin) {
            reader.fault(
                "AllowedOrigin",
                expected: "\"*\", or an origin as browsers send it: https://dashboard.example, without a path",
                got: origin.jsonQuoted
            )
        }
        buffer = reader.section("Buffer", BufferConfiguration.init)
        encryptionKey = reader.optional("EncryptionKey", .secret).flatMap { $0.isEmpty ? nil : $0 }
        if encryptionKey != nil, cipher == nil {
            reader.fault("EncryptionKey", expected: "64 hexadecimal digits", got: "something else (not shown)")
        }
    }

    /// Whether a text is a scheme and an authority, as browsers serialize an origin. Source: RFC 6454, section 6.2.
    private static func isOrigin(_ text: String) -> Bool {
        guard let mark = text.firstRange(of: "://"), mark.lowerBound > text.startIndex else { return false }
        let (scheme, authority) = (text[..<mark.lowerBound], text[mark.upperBound...])
        return scheme.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || "+-.".contains($0)) }
            && !authority.isEmpty
            && authority.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || "-.:[]".contains($0)) }
    }
}
