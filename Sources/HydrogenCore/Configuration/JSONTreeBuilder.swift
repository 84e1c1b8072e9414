/// Builds the tree of one JSON text.
struct JSONTreeBuilder {
    private var lexer: JSONLexer
    private var locator: JSONLocator
    private let options: JSONParser.Options
    private let maximumDepth: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, options: JSONParser.Options) {
        self.lexer = JSONLexer(bytes, isLenient: options.isLenient)
        self.locator = JSONLocator(bytes)
        self.options = options
        self.maximumDepth = min(options.maximumDepth, JSONChecker.maximumDepth)
    }

    /// Reads the whole text.
    mutating func tree() throws(JSONProblem) -> JSONNode {
        guard lexer.bytes.count <= options.maximumBytes else {
            throw lexer.problem(.tooLong(limit: options.maximumBytes))
        }
        try lexer.refuseByteOrderMark()
        try lexer.skipBlanks()
        let root = try node(depth: 0)
        try lexer.end()
        return root
    }

    private mutating func node(depth: Int) throws(JSONProblem) -> JSONNode {
        let location = locator.location(of: lexer.position)
        return JSONNode(value: try value(depth: depth), location: location)
    }

    private mutating func value(depth: Int) throws(JSONProblem) -> JSONValue {
        switch lexer.next {
        case UInt8(ascii: "{"): return .object(try members(depth: depth))
        case UInt8(ascii: "["): return .array(try elements(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"):
            try lexer.word("true")
            return .boolean(true)
        case UInt8(ascii: "f"):
            try lexer.word("false")
            return .boolean(false)
        case UInt8(ascii: "n"):
            try lexer.word("null")
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let range = try lexer.number()
            return .number(decoded(range))
        default:
            throw lexer.problem(
                .unexpected(wanted: "a value: \"text\", a number, true, false, null, an array or an object")
            )
        }
    }

    private mutating func open(depth: Int) throws(JSONProblem) {
        guard depth < maximumDepth else { throw lexer.problem(.tooDeep(limit: maximumDepth)) }
        try lexer.consume(lexer.next, or: "'{' or '['")
    }

    private func decoded(_ range: Range<Int>) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: lexer.bytes[range]), as: UTF8.self)
    }
}

// MARK: - Arrays and objects

extension JSONTreeBuilder {
    private mutating func elements(depth: Int) throws(JSONProblem) -> [JSONNode] {
        try open(depth: depth)
        var elements: [JSONNode] = []
        var hasMore = try lexer.startsItems(until: UInt8(ascii: "]"))
        while hasMore {
            try lexer.skipBlanks()
            elements.append(try node(depth: depth + 1))
            hasMore = try lexer.continuesItems(until: UInt8(ascii: "]"))
        }
        return elements
    }

    private mutating func members(depth: Int) throws(JSONProblem) -> [JSONMember] {
        try open(depth: depth)
        var members: [JSONMember] = []
        var names = NameSet()
        var hasMore = try lexer.startsItems(until: UInt8(ascii: "}"))
        while hasMore {
            try lexer.skipBlanks()
            let start = lexer.position
            let member = try member(depth: depth)
            guard options.acceptsDuplicateNames || names.insert(member.name, among: members) else {
                throw JSONProblem(offset: start, kind: .duplicateName(member.name))
            }
            members.append(member)
            hasMore = try lexer.continuesItems(until: UInt8(ascii: "}"))
        }
        return members
    }

    private mutating func member(depth: Int) throws(JSONProblem) -> JSONMember {
        let location = locator.location(of: lexer.position)
        let name = try string()
        try lexer.skipBlanks()
        try lexer.consume(UInt8(ascii: ":"), or: "':' after the name")
        try lexer.skipBlanks()
        return JSONMember(name: name, nameLocation: location, node: try node(depth: depth + 1))
    }

    /// The names of one object: a short object is searched, a long one hashed, so that neither costs much.
    private struct NameSet {
        private var hashed: Set<String> = []

        mutating func insert(_ name: String, among members: [JSONMember]) -> Bool {
            guard members.count >= 8 else { return !members.contains { $0.name == name } }
            if hashed.isEmpty { hashed = Set(members.lazy.map(\.name)) }
            return hashed.insert(name).inserted
        }
    }
}

// MARK: - Texts

extension JSONTreeBuilder {
    private mutating func string() throws(JSONProblem) -> String {
        let start = lexer.position
        let text = try lexer.text()
        guard text.hasEscapes else { return decoded(text.range) }
        let resolved = unescaped(text.range)
        guard !options.isLenient || !resolved.contains(0) else { throw JSONProblem(offset: start, kind: .nulEscape) }
        return String(decoding: resolved, as: UTF8.self)
    }

    /// Resolves escapes that the lexer has checked.
    private func unescaped(_ range: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = lexer.bytes[index]
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                index += 1
                continue
            }
            let escaped = lexer.bytes[index + 1]
            guard escaped == UInt8(ascii: "u") else {
                result.append(Self.simpleEscape(escaped))
                index += 2
                continue
            }
            let (scalar, length) = unicodeEscape(at: index)
            result.append(contentsOf: Character(scalar).utf8)
            index += length
        }
        return result
    }

    private static func simpleEscape(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: byte
        }
    }

    private func unicodeEscape(at index: Int) -> (scalar: Unicode.Scalar, length: Int) {
        let first = unit(at: index + 2)
        guard first & 0xF800 == 0xD800 else { return (Unicode.Scalar(first) ?? "\u{FFFD}", 6) }
        let code = 0x10000 + ((first - 0xD800) << 10) + (unit(at: index + 8) - 0xDC00)
        return (Unicode.Scalar(code) ?? "\u{FFFD}", 12)
    }

    private func unit(at index: Int) -> UInt32 {
        (index..<index + 4).reduce(0) { $0 << 4 | UInt32(lexer.bytes[$1].hexadecimalDigit ?? 0) }
    }
}
