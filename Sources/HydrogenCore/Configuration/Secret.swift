/// Text that must not be shown: a password, key, token or connection string.
///
/// Printing, interpolating, dumping and reflecting a secret give ``mask``; only ``reveal()`` gives the text.
/// It is not `Codable`, so it cannot slip into a response or a report.
public struct Secret: Sendable, Hashable {
    /// What stands for every secret, whatever its length.
    public static let mask = "********"

    private let text: String

    /// Hides a text.
    public init(_ value: String) {
        self.text = value
    }

    /// The text itself, for the one place that has to send it.
    public func reveal() -> String { text }

    /// Whether there is nothing to hide.
    public var isEmpty: Bool { text.isEmpty }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { Secret.mask }
    public var debugDescription: String { Secret.mask }
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
