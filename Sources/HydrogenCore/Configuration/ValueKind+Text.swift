extension ValueKind where T == String {
    /// A text.
    ///
    /// Whatever `${env.NAME}` gives is a text too: a password of digits stays one.
    public static var string: ValueKind { text(expected: "text") { _ in true } }

    /// A text whose number of characters is limited.
    public static func string(length: ClosedRange<Int>) -> ValueKind {
        text(expected: "text of \(length.inWords) characters") { length.contains($0.count) }
    }

    private static func text(expected: String, isAllowed: @escaping @Sendable (String) -> Bool) -> ValueKind {
        ValueKind(expected: expected, show: \.jsonQuoted) { value in
            if let text = value.text { return isAllowed(text) ? .value(text) : .refused(suggestion: nil) }
            switch value.json {
            case .number(let literal) where literal.utf8.count <= 40: return .refused(suggestion: "\"\(literal)\"")
            case .boolean(let flag): return .refused(suggestion: "\"\(flag)\"")
            case .null, .number, .string, .array, .object: return .refused(suggestion: nil)
            }
        }
    }
}

extension ValueKind where T == Secret {
    /// A text that no dump, fault, log or endpoint shows.
    public static var secret: ValueKind {
        ValueKind(
            expected: "text",
            isSecret: true,
            show: { _ in Secret.mask.jsonQuoted },
            read: { value in value.text.map { .value(Secret($0)) } ?? .refused(suggestion: nil) }
        )
    }
}

extension ValueKind where T: RawRepresentable & CaseIterable, T.RawValue == String {
    /// One of an enumeration's cases by its raw value, letter case aside.
    public static func oneOf(_ type: T.Type) -> ValueKind {
        let cases = Array(T.allCases)
        let values = Dictionary(cases.map { ($0.rawValue, $0) }) { first, _ in first }
        return names(cases.map(\.rawValue), values, show: { $0.rawValue.jsonQuoted })
    }
}

extension ValueKind {
    /// One of several names, letter case aside; several names may stand for one value.
    public static func oneOf(_ names: [String: T]) -> ValueKind {
        Self.names(names.keys.sorted(), names) { value in
            let raw = (value as? any RawRepresentable)?.rawValue as? String
            return (raw ?? String(describing: value)).jsonQuoted
        }
    }

    private static func names(
        _ names: [String],
        _ values: [String: T],
        show: @escaping @Sendable (T) -> String
    ) -> ValueKind {
        let folded = Dictionary(values.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        return ValueKind(expected: "one of \(names.joined(separator: ", "))", show: show) { value in
            guard let text = value.text else { return .refused(suggestion: nil) }
            if let found = values[text] ?? folded[text.lowercased()] { return .value(found) }
            return .refused(suggestion: NearestName.find(text, among: names).map(\.jsonQuoted))
        }
    }
}

extension ClosedRange where Bound == Int {
    /// The range in the words of a fault: `1..256`, `at least 1`.
    var inWords: String {
        upperBound == .max ? "at least \(lowerBound)" : "\(lowerBound)..\(upperBound)"
    }
}
