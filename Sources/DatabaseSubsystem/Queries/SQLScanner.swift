/// Walks over SQL and tells what is code from what is quoted, so that parameters and ends of statements are found in
/// code alone.
///
/// It knows no grammar: it is the union of what PostgreSQL, SQLite, MySQL and DB2 quote with.
/// - Strings: `'…'` with `''`; `E'…'` with backslashes; `$tag$…$tag$`.
/// - Names: `"…"` with `""`, `` `…` ``, and `[…]` where no subscript can stand.
/// - Comments: `-- …` and `/* … */`, nested where they nest.
///
/// A colon is no parameter in `::`, in `:=`, directly after a name or a number, and after an operand within a subscript
/// (`a[1 :n]`). What is never closed reaches to the end. Sources: PostgreSQL 17, section 4.1; SQLite, "SQL Keywords"
/// and "SQL Comments".
struct SQLScanner {
    /// A part of the text; `range` counts its bytes.
    struct Token {
        enum Kind {
            case whitespace
            case comment
            /// A string or a quoted name, with its quotation marks.
            case quoted
            /// A bare name, a keyword or a number.
            case word
            /// `:name`, with the colon.
            case parameter
            case semicolon
            /// An operator or a bracket: one byte, or two for `::` and `:=`.
            case symbol
        }

        let kind: Kind
        let range: Range<Int>
    }

    private let bytes: [UInt8]
    private let dialect: SQLDialect
    private var position: Int
    /// The last token that is neither white space nor comment.
    private var previous: Token?
    /// How many subscripts are open.
    private var subscripts = 0

    init(_ bytes: [UInt8], dialect: SQLDialect, from start: Int = 0) {
        self.bytes = bytes
        self.dialect = dialect
        self.position = start
    }

    /// The next token; the tokens follow each other without gaps, and `nil` ends them.
    mutating func next() -> Token? {
        guard position < bytes.count else { return nil }
        let (kind, end) = dialect == .prompt ? proseToken() : codeToken()
        let token = Token(kind: kind, range: position..<end)
        position = end
        if kind != .whitespace, kind != .comment { previous = token }
        return token
    }

    private func byte(at index: Int) -> UInt8? {
        index < bytes.count ? bytes[index] : nil
    }
}

// MARK: - Code

extension SQLScanner {
    private typealias Found = (kind: Token.Kind, end: Int)

    private mutating func codeToken() -> Found {
        let first = bytes[position]
        if first.isNamePart { return wordOrEscapeString() }
        switch first {
        case 0x20, 0x09...0x0D:
            return (.whitespace, endOfRun { $0 == 0x20 || (0x09...0x0D).contains($0) })
        case UInt8(ascii: "'"):
            return (.quoted, endOfQuoted(from: position, backslashes: dialect == .mysql))
        case UInt8(ascii: "\""):
            return (.quoted, endOfQuoted(from: position, backslashes: dialect == .mysql))
        case UInt8(ascii: "`"):
            return (.quoted, endOfQuoted(from: position, backslashes: false))
        case UInt8(ascii: ";"):
            return (.semicolon, position + 1)
        case UInt8(ascii: ":"):
            return colon()
        case UInt8(ascii: "["), UInt8(ascii: "]"):
            return bracket()
        default:
            return dollarQuoted() ?? comment() ?? (.symbol, position + 1)
        }
    }

    private func endOfRun(_ belongs: (UInt8) -> Bool) -> Int {
        bytes[position...].firstIndex { !belongs($0) } ?? bytes.count
    }

    private func wordOrEscapeString() -> Found {
        let end = endOfRun { $0.isNamePart || $0 == UInt8(ascii: "$") }
        if end == position + 1, bytes[position] | 0x20 == UInt8(ascii: "e"), byte(at: end) == UInt8(ascii: "'") {
            return (.quoted, endOfQuoted(from: end, backslashes: true))
        }
        return (.word, end)
    }

    /// The end of what the quotation mark at `start` opens; the mark doubled stands for itself.
    private func endOfQuoted(from start: Int, backslashes: Bool) -> Int {
        let mark = bytes[start]
        var index = start + 1
        while index < bytes.count {
            if backslashes, bytes[index] == UInt8(ascii: "\\") {
                index += 2
            } else if bytes[index] != mark {
                index += 1
            } else if byte(at: index + 1) == mark {
                index += 2
            } else {
                return index + 1
            }
        }
        return bytes.count
    }

    private func dollarQuoted() -> Found? {
        guard bytes[position] == UInt8(ascii: "$"), dialect == .standard else { return nil }
        let tag = bytes[(position + 1)...].prefix { $0.isNamePart }
        guard tag.first?.isASCIIDigit != true, byte(at: tag.endIndex) == UInt8(ascii: "$") else { return nil }
        let mark = bytes[position...tag.endIndex]
        var index = mark.endIndex
        while index + mark.count <= bytes.count {
            if bytes[index] == UInt8(ascii: "$"), bytes[index..<(index + mark.count)] == mark {
                return (.quoted, index + mark.count)
            }
            index += 1
        }
        return (.quoted, bytes.count)
    }

    private func comment() -> Found? {
        switch (bytes[position], byte(at: position + 1)) {
        case (UInt8(ascii: "-"), UInt8(ascii: "-")):
            if dialect == .mysql, let third = byte(at: position + 2), third > 0x20 { return nil }
            return (.comment, endOfRun { $0 != UInt8(ascii: "\n") })
        case (UInt8(ascii: "#"), _) where dialect == .mysql:
            return (.comment, endOfRun { $0 != UInt8(ascii: "\n") })
        case (UInt8(ascii: "/"), UInt8(ascii: "*")):
            // MySQL runs what stands in /*! … */.
            let isCode = dialect == .mysql && byte(at: position + 2) == UInt8(ascii: "!")
            return (isCode ? .quoted : .comment, endOfBlockComment())
        default:
            return nil
        }
    }

    /// Where the comment ends if comments nest; if it would never end so, where the first `*/` ends it.
    private func endOfBlockComment() -> Int {
        var depth = 1
        var firstEnd: Int?
        var index = position + 2
        while index + 1 < bytes.count {
            switch (bytes[index], bytes[index + 1]) {
            case (UInt8(ascii: "/"), UInt8(ascii: "*")):
                depth += 1
                index += 2
            case (UInt8(ascii: "*"), UInt8(ascii: "/")):
                depth -= 1
                index += 2
                firstEnd = firstEnd ?? index
                if depth == 0 || dialect == .mysql { return index }
            default:
                index += 1
            }
        }
        return firstEnd ?? bytes.count
    }
}

// MARK: - Colons and brackets

extension SQLScanner {
    private func colon() -> Found {
        let after = byte(at: position + 1)
        if after == UInt8(ascii: ":") || after == UInt8(ascii: "=") { return (.symbol, position + 2) }
        guard let after, after.isNamePart, !after.isASCIIDigit, !followsWordDirectly, !isSlice else {
            return (.symbol, position + 1)
        }
        return (.parameter, bytes[(position + 1)...].firstIndex { !$0.isNamePart } ?? bytes.count)
    }

    private var followsWordDirectly: Bool {
        previous?.kind == .word && previous?.range.upperBound == position
    }

    private var isSlice: Bool {
        subscripts > 0 && previous.map(isOperand) == true
    }

    private func isOperand(_ token: Token) -> Bool {
        switch token.kind {
        case .word, .quoted, .parameter: true
        case .symbol:
            bytes[token.range.lowerBound] == UInt8(ascii: ")") || bytes[token.range.lowerBound] == UInt8(ascii: "]")
        case .whitespace, .comment, .semicolon: false
        }
    }

    private mutating func bracket() -> Found {
        if bytes[position] == UInt8(ascii: "]") {
            subscripts = max(0, subscripts - 1)
            return (.symbol, position + 1)
        }
        if !opensSubscript, let end = bytes[position...].firstIndex(of: UInt8(ascii: "]")) { return (.quoted, end + 1) }
        subscripts += 1
        return (.symbol, position + 1)
    }

    /// A subscript follows its array directly, the word ARRAY, or another subscript; every other bracket quotes a name.
    private var opensSubscript: Bool {
        guard subscripts == 0, let previous else { return subscripts > 0 }
        if previous.range.upperBound == position, isOperand(previous) { return true }
        return previous.kind == .word && bytes[previous.range].map { $0 | 0x20 } == Array("array".utf8)
    }
}

// MARK: - Prose

extension SQLScanner {
    private func proseToken() -> Found {
        guard bytes[position] == UInt8(ascii: ":") else { return (.symbol, endOfRun { $0 != UInt8(ascii: ":") }) }
        guard let after = byte(at: position + 1), after.isNameStart, opensProse(at: position) else {
            return (.symbol, position + 1)
        }
        return (.parameter, bytes[(position + 1)...].firstIndex { !$0.isNamePart } ?? bytes.count)
    }

    private func opensProse(at index: Int) -> Bool {
        guard index > 0 else { return true }
        switch bytes[index - 1] {
        case 0...0x20, UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
            return true
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
            return opensProse(at: index - 1)
        default:
            return false
        }
    }
}

extension UInt8 {
    /// Whether the byte may stand in a bare SQL name: ASCII letters, digits, underscore, and all of a non-ASCII
    /// character.
    fileprivate var isNamePart: Bool { isNameStart || isASCIIDigit || self >= 0x80 }
}
