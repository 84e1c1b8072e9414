import DatabaseSubsystem
import HydrogenCore

/// Something that a report asks of a request: of the path, the query string, or the body.
struct ReportParameter: Sendable, Hashable {
    /// What is taken.
    enum Kind: Sendable, Hashable {
        /// A name as queues and groups have them.
        case name
        /// A longer text.
        case text
        /// A whole number within a range.
        case integer(ClosedRange<Int>)
        /// Yes or no.
        case flag
        /// A moment with its time zone, or a day.
        case moment
        case uuid
        /// One of some words.
        case word([String])
        /// Any JSON.
        case json
        /// Names, or one.
        case names
    }

    let name: String
    let kind: Kind
    /// What counts when there is none, as JSON; `nil` when that may be.
    var fallback: String?
    var isRequired = false

    /// The value as JSON; `nil` when there is none.
    ///
    /// - Parameter given: What the request has. Texts of paths and query strings are numbers and flags, too.
    func text(_ given: JSONValue?) throws(QueueFault) -> String? {
        guard let given, given != .null || kind == .json, given != .string("") || kind == .json else {
            guard !isRequired else { throw .malformed("\(name) is required") }
            return fallback
        }
        switch (kind, given) {
        case (.json, let value):
            guard !value.hasNUL else { throw .malformed("\(name) contains a NUL, which the database cannot store") }
            return value.jsonText
        case (.name, .string(let text)):
            try JSONNode.check(text, name)
            return text.jsonQuoted
        case (.text, .string(let text)) where text.utf8.count <= 10_000 && !text.utf8.contains(0):
            return text.jsonQuoted
        case (.integer(let range), .number(let text)), (.integer(let range), .string(let text)):
            if let number = Int(text), range.contains(number) { return "\(number)" }
        case (.flag, .boolean(let flag)): return "\(flag)"
        case (.flag, .string("true")), (.flag, .string("1")): return "true"
        case (.flag, .string("false")), (.flag, .string("0")): return "false"
        case (.moment, .string(let text)):
            if CivilText.isValid(text, as: .timestamp), !text.hasPrefix("0000") { return text.jsonQuoted }
            if CivilText.isValid(text, as: .date), !text.hasPrefix("0000") { return "\(text)T00:00:00Z".jsonQuoted }
        case (.uuid, .string(let text)): if let uuid = QueueUUID(text) { return uuid.description.jsonQuoted }
        case (.word(let words), .string(let word)): if words.contains(word) { return word.jsonQuoted }
        case (.names, .string(let text)):
            try JSONNode.check(text, name)
            return "[\(text.jsonQuoted)]"
        case (.names, .array(let nodes)):
            var texts: [String] = []
            for node in nodes {
                guard case .string(let text) = node.value else { throw fault }
                try JSONNode.check(text, name)
                texts.append(text.jsonQuoted)
            }
            return "[\(texts.joined(separator: ","))]"
        default: break
        }
        throw fault
    }

    private var fault: QueueFault { .malformed("\(name) must be \(expectation)") }

    private var expectation: String {
        switch kind {
        case .name: "a string"
        case .text: "a string of at most 10000 bytes"
        case .integer(let range): "an integer from \(range.lowerBound) to \(range.upperBound)"
        case .flag: "true or false"
        case .moment: "a moment like 2026-01-31T12:00:00Z"
        case .uuid: "a UUID"
        case .word(let words): "one of \(words.joined(separator: ", "))"
        case .json: "JSON"
        case .names: "a string or an array of strings"
        }
    }
}

extension JSONValue {
    /// Whether a text in it has a NUL.
    fileprivate var hasNUL: Bool {
        switch self {
        case .null, .boolean, .number: false
        case .string(let text): text.utf8.contains(0)
        case .array(let nodes): nodes.contains { $0.value.hasNUL }
        case .object(let members): members.contains { $0.name.utf8.contains(0) || $0.node.value.hasNUL }
        }
    }
}

// MARK: - As they are written in tables

extension ReportParameter {
    static let queue = Self(name: "queue", kind: .name, isRequired: true)
    static let partition = Self(name: "partition", kind: .name, isRequired: true)
    static let pathGroup = Self(name: "group", kind: .name, isRequired: true)
    static let group = Self(name: "consumerGroup", kind: .name)
    static let status = Self(name: "status", kind: .word(["pending", "processing", "completed", "dead_letter"]))

    static func name(_ name: String) -> Self { Self(name: name, kind: .name) }
    static func text(_ name: String) -> Self { Self(name: name, kind: .text) }
    static func names(_ name: String) -> Self { Self(name: name, kind: .names) }
    static func uuid(_ name: String) -> Self { Self(name: name, kind: .uuid) }
    static func json(_ name: String) -> Self { Self(name: name, kind: .json) }
    static func moment(_ name: String) -> Self { Self(name: name, kind: .moment) }
    static func flag(_ name: String, fallback: Bool) -> Self { Self(name: name, kind: .flag, fallback: "\(fallback)") }
    static func integer(_ name: String, _ range: ClosedRange<Int>, fallback: Int) -> Self {
        Self(name: name, kind: .integer(range), fallback: "\(fallback)")
    }
    static func word(_ name: String, _ words: [String], fallback: String) -> Self {
        Self(name: name, kind: .word(words), fallback: fallback.jsonQuoted)
    }

    /// The same, which may be left out.
    var optional: Self {
        var copy = self
        copy.isRequired = false
        return copy
    }

    /// The same, which must be given.
    var required: Self {
        var copy = self
        copy.isRequired = true
        return copy
    }
}

extension [ReportParameter] {
    /// The name of a message: its partition and its transaction.
    static let message = [
        ReportParameter(name: "partition", kind: .uuid, isRequired: true),
        ReportParameter(name: "transaction", kind: .name, isRequired: true),
    ]
    /// A time.
    static let span = [ReportParameter.moment("from"), .moment("to")]

    /// Part of a list.
    static func page(_ length: Int, most: Int = 10_000) -> [ReportParameter] {
        [.integer("limit", 1...most, fallback: length), .integer("offset", 0...1_000_000, fallback: 0)]
    }
}
