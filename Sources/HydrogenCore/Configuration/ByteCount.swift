/// An amount of memory or data, in bytes.
public struct ByteCount: Sendable, Hashable, Comparable, Codable {
    /// The amount in bytes.
    public let bytes: Int

    /// An amount in bytes.
    public static func bytes(_ count: Int) -> ByteCount { ByteCount(bytes: count) }
    /// An amount in units of 1024 bytes.
    public static func kibibytes(_ count: Int) -> ByteCount { ByteCount(bytes: count * 1024) }
    /// An amount in units of 1,048,576 bytes.
    public static func mebibytes(_ count: Int) -> ByteCount { ByteCount(bytes: count * 1_048_576) }

    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }
}

extension ByteCount: CustomStringConvertible {
    /// The amount in the largest unit that divides it: `2 MiB`, `1500 bytes`.
    public var description: String {
        if bytes != 0, bytes.isMultiple(of: 1_048_576) { return "\(bytes / 1_048_576) MiB" }
        if bytes != 0, bytes.isMultiple(of: 1024) { return "\(bytes / 1024) KiB" }
        return "\(bytes) bytes"
    }
}
