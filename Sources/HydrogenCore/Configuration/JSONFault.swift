/// Why a text is not the JSON it should be: the first thing that is wrong with it.
public struct JSONFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where reading stopped.
    public let location: JSONLocation
    /// What may stand there.
    public let expected: String
    /// What stands there: a single character or a description, never a longer part of the text.
    public let got: String

    /// A fault at a place.
    public init(location: JSONLocation, expected: String, got: String) {
        self.location = location
        self.expected = expected
        self.got = got
    }

    /// The fault in one line: `3:17: expected ',' or '}', got '"'`.
    public var description: String { "\(location): expected \(expected), got \(got)" }
}

/// What stopped the lexer, by offset: cheap to throw, put into words only when someone reads it.
struct JSONProblem: Error {
    enum Kind {
        /// The byte at the offset does not belong there.
        case unexpected(wanted: StaticString)
        case byteOrderMark
        case invalidUTF8
        case controlCharacter
        case leadingZero
        case loneSurrogate
        case nulEscape
        case duplicateName(String)
        case tooDeep(limit: Int)
        case tooLong(limit: Int)
    }

    let offset: Int
    let kind: Kind
}

extension JSONFault {
    init(_ problem: JSONProblem, in bytes: UnsafeBufferPointer<UInt8>) {
        var locator = JSONLocator(bytes)
        let (expected, got) = Self.words(for: problem, in: bytes)
        self.init(location: locator.location(of: problem.offset), expected: expected, got: got)
    }

    private static func words(
        for problem: JSONProblem,
        in bytes: UnsafeBufferPointer<UInt8>
    ) -> (expected: String, got: String) {
        let found = Self.character(at: problem.offset, in: bytes)
        return switch problem.kind {
        case .unexpected(let wanted): (wanted.description, found)
        case .byteOrderMark: ("UTF-8 without a byte order mark", "the bytes EF BB BF before the text")
        case .invalidUTF8: ("UTF-8 text", "\(found), which is not UTF-8")
        case .controlCharacter:
            ("the rest of a text up to its closing '\"' (\\n and \\u001F write control characters)", found)
        case .leadingZero: ("a number without a leading zero", "a zero before another digit")
        case .loneSurrogate: ("both halves of a surrogate pair, \\uD800-\\uDBFF then \\uDC00-\\uDFFF", "one half alone")
        case .nulEscape: ("a text without NUL characters", "\\u0000")
        case .duplicateName(let name): ("each name once in an object", "\(name.excerpt()) a second time")
        case .tooDeep(let limit): ("at most \(limit) arrays and objects inside each other", "one more")
        case .tooLong(let limit): ("at most \(limit) bytes", "\(bytes.count) bytes")
        }
    }

    /// The character at an offset, for a message.
    private static func character(at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> String {
        guard offset < bytes.count else { return "the end of the text" }
        let byte = bytes[offset]
        if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { return "the end of the line" }
        let raw = UnsafeBufferPointer(rebasing: bytes[offset..<min(offset + 4, bytes.count)])
        let scalar = String(decoding: raw, as: UTF8.self).unicodeScalars.first
        guard let scalar, scalar != "\u{FFFD}", byte >= 0x20, byte != 0x7F else {
            return "the byte 0x\(byte.hexadecimal(digits: 2))"
        }
        return "'\(scalar)'"
    }
}
