/// A place in a JSON text as an editor shows it.
public struct JSONLocation: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// The line, counted from 1; a line ends with a line feed.
    public let line: Int
    /// The character in the line, counted from 1 in Unicode scalars.
    public let column: Int

    /// A place given by line and column, both counted from 1.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The first character of a text.
    public static let start = JSONLocation(line: 1, column: 1)

    public static func < (left: JSONLocation, right: JSONLocation) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }

    public var description: String { "\(line):\(column)" }
}

/// Turns ascending offsets of a text into locations, in one pass over the text altogether.
struct JSONLocator {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var offset = 0
    private var line = 1
    private var column = 1

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// The location of the byte at `target`, which must not lie before that of the call before.
    mutating func location(of target: Int) -> JSONLocation {
        while offset < min(target, bytes.count) {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
            offset += 1
        }
        return JSONLocation(line: line, column: column)
    }
}
