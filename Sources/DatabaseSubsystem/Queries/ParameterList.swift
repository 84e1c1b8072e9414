import HydrogenCore

/// Parameters as headers and bootstraps declare them: `id INTEGER, city STRING = 'x', active BOOLEAN = true`.
///
/// A parameter without a default is required. A rule may stand behind the type, in brackets: `id INTEGER [1..100] = 5`,
/// `city STRING [1..40]`, `status STRING ['open'|'closed']`. Text and the types of the calendar have their default in `'…'`, with
/// `''` for an apostrophe; `null` is a default of every type. `tenant INTEGER = claim:tenant` binds a claim of the caller.
struct ParameterList {
    /// Something wrong, at a byte of the text.
    struct Problem: Hashable {
        let offset: Int
        let expected: String
        let got: String
        let suggestion: String?
    }

    /// A declaration and the byte of the text at which it starts.
    struct Item: Hashable {
        let declaration: ParameterDeclaration
        let offset: Int
    }

    /// What could be read.
    private(set) var items: [Item] = []
    /// What could not.
    private(set) var problems: [Problem] = []

    /// Reads a list; an empty one declares nothing.
    init(_ text: String) {
        guard !text.trimmingSQLSpace.isEmpty else { return }
        for (piece, offset) in Self.pieces(of: text) { read(piece, at: offset) }
        if items.count > ParameterDeclaration.maximumCount {
            let limit = ParameterDeclaration.maximumCount
            add(items[limit].offset, expected: "at most \(limit) parameters", got: "\(items.count)")
        }
    }

    /// The text between commas that are not in quotes.
    private static func pieces(of text: String) -> [(text: Substring, offset: Int)] {
        var pieces: [(Substring, Int)] = []
        var isQuoted = false
        var start = text.startIndex
        for index in text.utf8.indices {
            if text.utf8[index] == UInt8(ascii: "'") { isQuoted.toggle() }
            guard text.utf8[index] == UInt8(ascii: ","), !isQuoted else { continue }
            pieces.append((text[start..<index], text.utf8.distance(from: text.startIndex, to: start)))
            start = text.utf8.index(after: index)
        }
        pieces.append((text[start...], text.utf8.distance(from: text.startIndex, to: start)))
        return pieces
    }

    private mutating func read(_ piece: Substring, at start: Int) {
        let words = piece.split(maxSplits: 2, omittingEmptySubsequences: true) { $0 == " " || $0 == "\t" || $0 == "=" }
        let offset =
            start + piece.utf8.distance(from: piece.startIndex, to: words.first?.startIndex ?? piece.startIndex)
        guard words.count >= 2, let name = words.first,
            piece[name.endIndex..<words[1].startIndex].allSatisfy({ $0 != "=" })
        else {
            let got = piece.trimmingSQLSpace
            return add(
                offset,
                expected: "NAME TYPE or NAME TYPE = DEFAULT",
                got: got.isEmpty ? "nothing" : got.jsonQuoted
            )
        }
        guard ParameterDeclaration.isValidName(name) else {
            let limit = ParameterDeclaration.maximumNameLength
            let expected = "a name of letters, digits and underscores, not a digit first, at most \(limit) characters"
            return add(offset, expected: expected, got: String(name).jsonQuoted)
        }
        guard !items.contains(where: { $0.declaration.name == name }) else {
            return add(offset, expected: "each parameter once", got: "\(name) a second time")
        }
        guard let type = ParameterType(word: words[1]) else {
            let typeOffset = start + piece.utf8.distance(from: piece.startIndex, to: words[1].startIndex)
            return add(typeOffset, expected: Self.typeNames, got: String(words[1]).jsonQuoted)
        }
        let rest = piece[words[1].endIndex...].trimmingSQLSpace
        guard rest.hasPrefix("[") else { return read(default: rest, of: String(name), type, rule: nil, at: offset) }
        guard let end = Self.bracket(in: rest), let rule = ParameterRule(String(rest.dropFirst()[..<end]), of: type)
        else {
            return add(offset, expected: ParameterRule.expectation(of: type), got: rest.jsonQuoted)
        }
        let tail = String(rest[rest.index(after: end)...]).trimmingSQLSpace
        read(default: tail, of: String(name), type, rule: rule, at: offset)
    }

    /// Where the bracket closes that a text opens with; those in apostrophes do not count.
    private static func bracket(in text: String) -> String.Index? {
        var isQuoted = false
        return text.indices.first { index in
            if text[index] == "'" { isQuoted.toggle() }
            return text[index] == "]" && !isQuoted
        }
    }

    private mutating func read(
        default rest: String,
        of name: String,
        _ type: ParameterType,
        rule: ParameterRule?,
        at offset: Int
    ) {
        guard !rest.isEmpty else {
            let declaration = ParameterDeclaration(required: name, type, rule: rule)
            return items.append(Item(declaration: declaration, offset: offset))
        }
        let literal = rest.dropFirst().trimmingSQLSpace
        if rest.hasPrefix("="), literal.hasPrefix(Self.claimMark) {
            let claim = String(literal.dropFirst(Self.claimMark.count))
            guard ParameterDeclaration.isValidClaim(claim) else {
                return add(offset, expected: "the name of a claim, as in claim:tenant", got: literal.jsonQuoted)
            }
            let declaration = ParameterDeclaration(name, type, claim: claim, rule: rule)
            return items.append(Item(declaration: declaration, offset: offset))
        }
        guard rest.hasPrefix("="), let value = Self.value(literal, of: type) else {
            let expected = "a default such as \(name) \(type.rawValue) = \(Self.example(of: type)), or null"
            let needsQuotes = Self.value("'\(literal)'", of: type) != nil
            return add(
                offset,
                expected: expected,
                got: rest.jsonQuoted,
                suggestion: rest.hasPrefix("=") && needsQuotes ? "write \(name) \(type.rawValue) = '\(literal)'" : nil
            )
        }
        items.append(Item(declaration: ParameterDeclaration(name, type, default: value, rule: rule), offset: offset))
    }

    private mutating func add(_ offset: Int, expected: String, got: String, suggestion: String? = nil) {
        problems.append(Problem(offset: offset, expected: expected, got: got, suggestion: suggestion))
    }
}

extension ParameterList {
    /// What stands before the name of a claim that a parameter is bound to.
    private static let claimMark = "claim:"

    /// Every type's name, for messages.
    static let typeNames = "a type: " + ParameterType.allCases.map(\.rawValue).joined(separator: ", ")

    /// The value that a default's literal writes; `nil` when it writes none of the type.
    static func value(_ literal: String, of type: ParameterType) -> ParameterValue? {
        if literal.lowercased() == "null" { return .null(type) }
        switch type {
        case .integer, .float: return ParameterValue(text: literal, type: type)
        case .boolean: return ParameterValue(text: literal.lowercased(), type: type)
        case .string, .text, .date, .time, .datetime, .timestamp:
            return unquoted(literal).flatMap { ParameterValue(text: $0, type: type) }
        }
    }

    /// The text within apostrophes; `nil` when it is not in them, or has a single one inside.
    private static func unquoted(_ literal: String) -> String? {
        guard literal.utf8.count >= 2, literal.hasPrefix("'"), literal.hasSuffix("'") else { return nil }
        var text = ""
        var isSecondMark = false
        for character in literal.unicodeScalars.dropFirst().dropLast() {
            let isMark = character == "'"
            if isSecondMark, !isMark { return nil }
            isSecondMark = isMark && !isSecondMark
            if !isSecondMark { text.unicodeScalars.append(character) }
        }
        return isSecondMark ? nil : text
    }

    private static func example(of type: ParameterType) -> String {
        switch type {
        case .integer: "5"
        case .float: "0.5"
        case .boolean: "true"
        case .string, .text: "'x'"
        case .date: "'2026-01-31'"
        case .time: "'12:00:00'"
        case .datetime: "'2026-01-31T12:00:00'"
        case .timestamp: "'2026-01-31T12:00:00Z'"
        }
    }
}
