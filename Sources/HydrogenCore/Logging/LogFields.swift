import Logging

/// Resolves swift-log's metadata into flat text, in the thread that logs: a value must not be asked later, when it may
/// have changed, nor under a lock, since describing it may itself log.
struct LogFields {
    /// The metadata by key; dictionaries have become dotted keys, arrays `[a, b]`.
    private(set) var texts: [String: String]

    /// Merges what a line bears; what stands later wins: the logger's own, the provider's, the call's, the call's error.
    init(
        logger: Logger.Metadata,
        provider: Logger.MetadataProvider?,
        call: Logger.Metadata?,
        error: (any Error)?
    ) {
        self.texts = [:]
        add(logger)
        if let provider { add(provider.get()) }
        if let call { add(call) }
        if let error { texts[LogKey.error.name] = "\(error)" }
    }

    /// Takes the label of the line out of the metadata.
    mutating func takeSubsystem() -> String? {
        texts.removeValue(forKey: LogKey.subsystem.name)
    }

    private mutating func add(_ metadata: Logger.Metadata, under prefix: String = "") {
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            switch value {
            case .dictionary(let nested): add(nested, under: "\(prefix)\(key).")
            case .string, .stringConvertible, .array: texts[prefix + key] = Self.text(of: value)
            }
        }
    }

    private static func text(of value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .array(let values): "[\(values.map(text).joined(separator: ", "))]"
        case .dictionary(let nested):
            "{\(nested.sorted { $0.key < $1.key }.map { "\($0.key): \(text(of: $0.value))" }.joined(separator: ", "))}"
        }
    }
}
