/// What a value must be beyond its type. NULL passes every rule, as it passes a CHECK of SQL.
package enum ParameterRule: Sendable, Hashable {
    /// At least this, at most that, of INTEGER, FLOAT and DATE; at least one of both is there.
    case range(ParameterValue.Content?, ParameterValue.Content?)
    /// So many characters of STRING and TEXT.
    case length(ClosedRange<Int>)
    /// One of these values.
    case oneOf([ParameterValue.Content])

    /// Whether a value passes.
    func allows(_ value: ParameterValue) -> Bool {
        if value.content == .null { return true }
        switch self {
        case .range(let lower, let upper):
            return lower.map { Self.isOrdered($0, value.content) } ?? true
                && upper.map { Self.isOrdered(value.content, $0) } ?? true
        case .length(let range):
            guard case .text(let text) = value.content else { return true }
            return range.contains(text.unicodeScalars.count)
        case .oneOf(let values): return values.contains(value.content)
        }
    }

    /// Whether one value comes before another, or is the same; both are of one type.
    private static func isOrdered(_ first: ParameterValue.Content, _ second: ParameterValue.Content) -> Bool {
        switch (first, second) {
        case (.integer(let first), .integer(let second)): first <= second
        case (.float(let first), .float(let second)): first <= second
        // Dates of ISO 8601 have the order of their texts.
        case (.text(let first), .text(let second)): first <= second
        default: false
        }
    }
}

// MARK: - Reading

extension ParameterRule {
    /// What faults say of the form.
    static func expectation(of type: ParameterType) -> String {
        switch type {
        case .integer: "a rule such as [1..100], [1..] or [1|2|3]"
        case .float: "a rule such as [0..1.5], [0..] or [0.5|1.5]"
        case .date: "a rule such as ['2026-01-01'..'2026-12-31'] or ['2026-01-01'..]"
        case .string, .text: "a rule such as [1..40], the length in characters, or ['open'|'closed']"
        case .boolean, .time, .datetime, .timestamp: "no rule, or values such as ['a'|'b']"
        }
    }

    /// Reads what stands between the brackets; `nil` when it is no rule of the type.
    init?(_ text: String, of type: ParameterType) {
        let parts = Self.parts(of: text)
        if parts.separator == "|" || parts.texts.count == 1 {
            let values = parts.texts.compactMap { ParameterList.value($0, of: type)?.content }
            guard values.count == parts.texts.count, !values.contains(.null) else { return nil }
            self = .oneOf(values)
            return
        }
        let (lower, upper) = (parts.texts[0], parts.texts[1])
        guard !(lower.isEmpty && upper.isEmpty) else { return nil }
        switch type {
        case .string, .text:
            guard let least = lower.isEmpty ? 0 : Int(lower), let most = upper.isEmpty ? Int.max : Int(upper),
                least >= 0, least <= most
            else { return nil }
            self = .length(least...most)
        case .integer, .float, .date:
            let bounds = [lower, upper].map { $0.isEmpty ? nil : ParameterList.value($0, of: type)?.content }
            guard lower.isEmpty || bounds[0] != nil, upper.isEmpty || bounds[1] != nil, !bounds.contains(.null),
                bounds.allSatisfy({ $0 != nil }) ? Self.isOrdered(bounds[0] ?? .null, bounds[1] ?? .null) : true
            else { return nil }
            self = .range(bounds[0], bounds[1])
        case .boolean, .time, .datetime, .timestamp: return nil
        }
    }

    /// The texts between `|`, or the two around `..`; neither counts in apostrophes.
    private static func parts(of text: String) -> (texts: [String], separator: String) {
        var texts = [""]
        var separator = ""
        var isQuoted = false
        var rest = Substring(text)
        while let character = rest.first {
            if character == "'" { isQuoted.toggle() }
            if !isQuoted, character == "|", separator != ".." {
                (separator, rest) = ("|", rest.dropFirst())
                texts.append("")
            } else if !isQuoted, rest.hasPrefix(".."), separator.isEmpty {
                (separator, rest) = ("..", rest.dropFirst(2))
                texts.append("")
            } else {
                texts[texts.count - 1].append(character)
                rest = rest.dropFirst()
            }
        }
        return (texts.map(\.trimmingSQLSpace), separator)
    }
}

extension ParameterRule: CustomStringConvertible {
    /// What a value should be, for messages: `1 to 100`, `at least 1`, `1 to 40 characters`, `one of 'open', 'closed'`.
    package var description: String {
        switch self {
        case .range(let lower?, let upper?): "\(Self.shown(lower)) to \(Self.shown(upper))"
        case .range(let lower?, nil): "at least \(Self.shown(lower))"
        case .range(_, let upper): "at most \(upper.map(Self.shown) ?? "anything")"
        case .length(let range) where range.upperBound == .max: "at least \(range.lowerBound) characters"
        case .length(let range) where range.lowerBound == 0: "at most \(range.upperBound) characters"
        case .length(let range): "\(range.lowerBound) to \(range.upperBound) characters"
        case .oneOf(let values): "one of " + values.map(Self.shown).joined(separator: ", ")
        }
    }

    private static func shown(_ content: ParameterValue.Content) -> String {
        switch content {
        case .null: "null"
        case .integer(let number): String(number)
        case .float(let number): String(number)
        case .boolean(let flag): String(flag)
        case .text(let text): "'\(text)'"
        }
    }
}
