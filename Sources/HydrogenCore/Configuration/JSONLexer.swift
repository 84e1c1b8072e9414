/// Reads the smallest parts of a JSON text: blanks, texts, numbers, words and the commas between items.
///
/// The grammar is that of RFC 8259. It allocates nothing, so that a text can be checked as cheaply as it is read.
struct JSONLexer {
    /// The contents of a text between its quotes.
    struct Text {
        let range: Range<Int>
        let hasEscapes: Bool
    }

    let bytes: UnsafeBufferPointer<UInt8>
    /// Whether `//` and `/* */` comments are blanks, and a comma may stand after the last item.
    let isLenient: Bool
    private(set) var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, isLenient: Bool) {
        self.bytes = bytes
        self.isLenient = isLenient
    }

    /// The next byte; 0, which no JSON contains, at the end.
    var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

    func problem(_ kind: JSONProblem.Kind) -> JSONProblem {
        JSONProblem(offset: position, kind: kind)
    }

    /// Refuses a byte order mark; called once, at the beginning.
    func refuseByteOrderMark() throws(JSONProblem) {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { throw problem(.byteOrderMark) }
    }

    /// Refuses whatever follows the value but blanks.
    mutating func end() throws(JSONProblem) {
        try skipBlanks()
        guard position == bytes.count else { throw problem(.unexpected(wanted: "the end of the text")) }
    }

    mutating func consume(_ byte: UInt8, or wanted: StaticString) throws(JSONProblem) {
        guard position < bytes.count, bytes[position] == byte else { throw problem(.unexpected(wanted: wanted)) }
        position += 1
    }

    mutating func word(_ word: StaticString) throws(JSONProblem) {
        for index in 0..<word.utf8CodeUnitCount {
            try consume(word.utf8Start[index], or: word)
        }
    }
}

// MARK: - Items

extension JSONLexer {
    /// After an opening bracket: whether an item follows; else takes the closing one.
    mutating func startsItems(until closing: UInt8) throws(JSONProblem) -> Bool {
        try skipBlanks()
        guard next == closing else { return true }
        position += 1
        return false
    }

    /// After an item: whether another follows; takes the comma before it, or the closing bracket.
    mutating func continuesItems(until closing: UInt8) throws(JSONProblem) -> Bool {
        try skipBlanks()
        if next == UInt8(ascii: ",") {
            position += 1
            return isLenient ? try startsItems(until: closing) : true
        }
        try consume(closing, or: closing == UInt8(ascii: "]") ? "',' or ']'" : "',' or '}'")
        return false
    }
}

// MARK: - Blanks and comments

extension JSONLexer {
    mutating func skipBlanks() throws(JSONProblem) {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            case UInt8(ascii: "/") where isLenient: try skipComment()
            default: return
            }
        }
    }

    private mutating func skipComment() throws(JSONProblem) {
        let start = position
        position += 1
        if next == UInt8(ascii: "/") {
            while position < bytes.count, bytes[position] != 0x0A { try skipCharacter() }
            return
        }
        try consume(UInt8(ascii: "*"), or: "a comment, // or /*")
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "*"), position + 1 < bytes.count,
                bytes[position + 1] == UInt8(ascii: "/")
            {
                position += 2
                return
            }
            try skipCharacter()
        }
        throw JSONProblem(offset: start, kind: .unexpected(wanted: "a comment that ends with */"))
    }
}

// MARK: - Texts

extension JSONLexer {
    /// Takes a text with its quotes; escapes are checked, not resolved.
    mutating func text() throws(JSONProblem) -> Text {
        try consume(UInt8(ascii: "\""), or: "a text in double quotes")
        let start = position
        var hasEscapes = false
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return Text(range: start..<(position - 1), hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try skipEscape()
            case 0..<0x20: throw problem(.controlCharacter)
            case 0x80...: try skipCharacter()
            default: position += 1
            }
        }
        throw problem(.unexpected(wanted: "the closing '\"' of a text"))
    }

    private mutating func skipEscape() throws(JSONProblem) {
        let start = position
        position += 1
        switch next {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            try skipUnicodeEscape(from: start)
        default:
            throw problem(.unexpected(wanted: "an escape: \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u with four digits"))
        }
    }

    private mutating func skipUnicodeEscape(from start: Int) throws(JSONProblem) {
        position += 1
        let unit = try hexadecimalUnit()
        guard unit & 0xF800 == 0xD800 else { return }
        let lone = JSONProblem(offset: start, kind: .loneSurrogate)
        guard unit < 0xDC00, next == UInt8(ascii: "\\") else { throw lone }
        position += 1
        guard next == UInt8(ascii: "u") else { throw lone }
        position += 1
        guard try hexadecimalUnit() & 0xFC00 == 0xDC00 else { throw lone }
    }

    private mutating func hexadecimalUnit() throws(JSONProblem) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = next.hexadecimalDigit else {
                throw problem(.unexpected(wanted: "four hexadecimal digits after \\u"))
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    /// Takes one character of well-formed UTF-8: The Unicode Standard, table 3-7.
    private mutating func skipCharacter() throws(JSONProblem) {
        let first = bytes[position]
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch first {
            case 0..<0x80: (1, 0x80...0xBF)
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: (0, 0x80...0xBF)
            }
        guard length > 0, position + length <= bytes.count else { throw problem(.invalidUTF8) }
        for index in 1..<max(length, 1) {
            let allowed = index == 1 ? second : 0x80...0xBF
            guard allowed.contains(bytes[position + index]) else { throw problem(.invalidUTF8) }
        }
        position += length
    }
}

// MARK: - Numbers

extension JSONLexer {
    /// Takes a number and answers where it stands.
    mutating func number() throws(JSONProblem) -> Range<Int> {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") {
            if position + 1 < bytes.count, bytes[position + 1].isDigit { throw problem(.leadingZero) }
            position += 1
        } else {
            try digits()
        }
        if next == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if next | 0x20 == UInt8(ascii: "e") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        return start..<position
    }

    private mutating func digits() throws(JSONProblem) {
        guard next.isDigit else { throw problem(.unexpected(wanted: "a digit")) }
        while next.isDigit { position += 1 }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { self &- 0x30 < 10 }

    /// The value of a hexadecimal digit in ASCII; `nil` for anything else.
    var hexadecimalDigit: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }
}
