/// Reads a JSON text from front to back and keeps no tree: for bodies whose members are known beforehand.
///
/// The grammar is that of RFC 8259. It is valid as long as the bytes are; names may stand twice, and who asks for a member decides
/// what that means.
package struct JSONCursor {
    private var checker: JSONChecker

    /// A cursor before the first value.
    ///
    /// - Throws: For a byte order mark.
    package init(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONFault) {
        checker = JSONChecker(lexer: JSONLexer(bytes, isLenient: false))
        try wrapping { checker throws(JSONProblem) in
            try checker.lexer.refuseByteOrderMark()
            try checker.lexer.skipBlanks()
        }
    }

    /// The first byte of the value that comes next; 0 at the end.
    package var next: UInt8 { checker.lexer.next }

    /// Goes into an object or an array. Returns whether it has a member.
    package mutating func enter() throws(JSONFault) -> Bool {
        try wrapping { checker throws(JSONProblem) in
            let closing = checker.lexer.next + 2
            try checker.lexer.consume(checker.lexer.next, or: "'{' or '['")
            guard try checker.lexer.startsItems(until: closing) else { return false }
            try checker.lexer.skipBlanks()
            return true
        }
    }

    /// After a member of an object, or of an array: whether another follows; else goes out of it.
    package mutating func continues(until closing: Unicode.Scalar) throws(JSONFault) -> Bool {
        try wrapping { checker throws(JSONProblem) in
            guard try checker.lexer.continuesItems(until: UInt8(ascii: closing)) else { return false }
            try checker.lexer.skipBlanks()
            return true
        }
    }

    /// The name of a member: told by `switch`, it costs no text.
    package struct Name {
        fileprivate let bytes: UnsafeBufferPointer<UInt8>
        /// The name, if it is written with escapes.
        fileprivate let resolved: String?

        package static func ~= (pattern: StaticString, name: Name) -> Bool {
            let pattern = UnsafeBufferPointer(start: pattern.utf8Start, count: pattern.utf8CodeUnitCount)
            return name.resolved?.utf8.elementsEqual(pattern) ?? name.bytes.elementsEqual(pattern)
        }
    }

    /// Takes the name of a member and its colon. It is valid as long as the bytes are.
    package mutating func name() throws(JSONFault) -> Name {
        let text = try wrapping { checker throws(JSONProblem) in try checker.lexer.text() }
        let resolved = text.hasEscapes ? try resolve(text) : nil
        try wrapping { checker throws(JSONProblem) in
            try checker.lexer.skipBlanks()
            try checker.lexer.consume(UInt8(ascii: ":"), or: "':'")
            try checker.lexer.skipBlanks()
        }
        return Name(bytes: UnsafeBufferPointer(rebasing: checker.lexer.bytes[text.range]), resolved: resolved)
    }

    /// Takes a text.
    package mutating func text() throws(JSONFault) -> String {
        let text = try wrapping { checker throws(JSONProblem) in try checker.lexer.text() }
        if text.hasEscapes { return try resolve(text) }
        return String(decoding: UnsafeBufferPointer(rebasing: checker.lexer.bytes[text.range]), as: UTF8.self)
    }

    /// A text without its escapes.
    private func resolve(_ text: JSONLexer.Text) throws(JSONFault) -> String {
        let quoted = checker.lexer.bytes[text.range.lowerBound - 1..<text.range.upperBound + 1]
        let value = try JSONParser(options: .strict).parse(UnsafeBufferPointer(rebasing: quoted)).value
        guard case .string(let resolved) = value else { return "" }
        return resolved
    }

    /// Takes any value. Returns its bytes, which are well-formed JSON.
    package mutating func value() throws(JSONFault) -> UnsafeBufferPointer<UInt8> {
        let start = checker.lexer.position
        try wrapping { checker throws(JSONProblem) in try checker.value(depth: 0) }
        return UnsafeBufferPointer(rebasing: checker.lexer.bytes[start..<checker.lexer.position])
    }

    /// Refuses whatever follows but blanks.
    package mutating func end() throws(JSONFault) {
        try wrapping { checker throws(JSONProblem) in try checker.lexer.end() }
    }

    private mutating func wrapping<Value>(
        _ body: (inout JSONChecker) throws(JSONProblem) -> Value
    ) throws(JSONFault) -> Value {
        do throws(JSONProblem) {
            return try body(&checker)
        } catch {
            throw JSONFault(error, in: checker.lexer.bytes)
        }
    }
}
