/// Walks through a JSON text without keeping anything of it.
struct JSONChecker {
    /// The deepest nesting that is followed; the walk recurses.
    static let maximumDepth = 512

    var lexer: JSONLexer

    /// Walks from the beginning to the end.
    mutating func check() throws(JSONProblem) {
        try lexer.skipBlanks()
        try value(depth: 0)
        try lexer.end()
    }

    /// Walks through one value.
    mutating func value(depth: Int) throws(JSONProblem) {
        switch lexer.next {
        case UInt8(ascii: "{"): try items(until: UInt8(ascii: "}"), depth: depth)
        case UInt8(ascii: "["): try items(until: UInt8(ascii: "]"), depth: depth)
        case UInt8(ascii: "\""): _ = try lexer.text()
        case UInt8(ascii: "t"): try lexer.word("true")
        case UInt8(ascii: "f"): try lexer.word("false")
        case UInt8(ascii: "n"): try lexer.word("null")
        default: _ = try lexer.number()
        }
    }

    private mutating func items(until closing: UInt8, depth: Int) throws(JSONProblem) {
        guard depth < Self.maximumDepth else { throw lexer.problem(.tooDeep(limit: Self.maximumDepth)) }
        try lexer.consume(lexer.next, or: "'{' or '['")
        var hasMore = try lexer.startsItems(until: closing)
        while hasMore {
            try lexer.skipBlanks()
            if closing == UInt8(ascii: "}") {
                _ = try lexer.text()
                try lexer.skipBlanks()
                try lexer.consume(UInt8(ascii: ":"), or: "':'")
                try lexer.skipBlanks()
            }
            try value(depth: depth + 1)
            hasMore = try lexer.continuesItems(until: closing)
        }
    }
}
