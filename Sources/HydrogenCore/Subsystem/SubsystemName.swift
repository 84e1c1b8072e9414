/// The name of a subsystem: what configuration, reports, logs and dependencies call it.
public struct SubsystemName: Sendable, Hashable, RawRepresentable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name as it is printed, such as `Database`.
    public let rawValue: String

    /// A name; letters and digits without spaces, as it stands in log lines.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public init(stringLiteral value: String) {
        self.init(rawValue: value)
    }

    public var description: String { rawValue }
}
