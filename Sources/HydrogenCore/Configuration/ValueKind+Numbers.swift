extension ValueKind where T == Bool {
    /// `true` or `false`.
    public static var boolean: ValueKind {
        ValueKind(expected: "true or false", show: { $0 ? "true" : "false" }, read: readBoolean)
    }

    @Sendable
    private static func readBoolean(_ value: ConfigurationValue) -> Reading {
        if case .boolean(let flag) = value.json { return .value(flag) }
        return switch value.text?.lowercased() ?? value.json.jsonText {
        case "true", "yes", "on", "1": .refused(suggestion: "true")
        case "false", "no", "off", "0": .refused(suggestion: "false")
        default: .refused(suggestion: nil)
        }
    }
}

extension ValueKind where T == Int {
    /// A whole number in a range, written without fraction or exponent.
    public static func integer(_ range: ClosedRange<Int>) -> ValueKind {
        integer(range, expected: "integer \(range.inWords)")
    }

    fileprivate static func integer(_ range: ClosedRange<Int>, expected: String) -> ValueKind {
        ValueKind(expected: expected, show: { String($0) }, read: { read($0, in: range) })
    }

    private static func read(_ value: ConfigurationValue, in range: ClosedRange<Int>) -> Reading {
        if case .number(let literal) = value.json, let number = Int(literal), range.contains(number) {
            return .value(number)
        }
        return .refused(suggestion: meant(by: value.json, in: range))
    }

    private static let words = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    ]

    /// A number that was written as text, in words, or with a fraction of zeros.
    private static func meant(by json: JSONValue, in range: ClosedRange<Int>) -> String? {
        let number: Int? =
            switch json {
            case .string(let text): Int(text) ?? words.firstIndex(of: text.lowercased())
            case .number(let literal): Double(literal).flatMap { Int(exactly: $0) }
            case .null, .boolean, .array, .object: nil
            }
        return number.flatMap { range.contains($0) ? String($0) : nil }
    }
}

extension ValueKind where T == Double {
    /// A number in a range.
    public static func number(_ range: ClosedRange<Double>) -> ValueKind {
        let expected = "number \(plain(range.lowerBound))..\(plain(range.upperBound))"
        return ValueKind(expected: expected, show: { plain($0) }, read: { read($0, in: range) })
    }

    private static func read(_ value: ConfigurationValue, in range: ClosedRange<Double>) -> Reading {
        switch value.json {
        case .number(let literal):
            guard let number = Double(literal), number.isFinite, range.contains(number) else { break }
            return .value(number)
        case .string(let text):
            guard text.utf8.count <= 40, JSONLexer.isNumber(text), let number = Double(text) else { break }
            return .refused(suggestion: range.contains(number) ? text : nil)
        case .null, .boolean, .array, .object: break
        }
        return .refused(suggestion: nil)
    }

    /// The shortest JSON number: `2` rather than `2.0`.
    private static func plain(_ number: Double) -> String {
        Int(exactly: number).map { String($0) } ?? "\(number)"
    }
}

extension ValueKind where T == Duration {
    /// A whole number of seconds.
    public static func seconds(_ range: ClosedRange<Int>) -> ValueKind {
        duration(range, unit: "seconds", make: { .seconds($0) }, count: { Int($0.components.seconds) })
    }

    /// A whole number of milliseconds.
    public static func milliseconds(_ range: ClosedRange<Int>) -> ValueKind {
        duration(range, unit: "milliseconds", make: { .milliseconds($0) }, count: { $0.wholeMilliseconds })
    }

    private static func duration(
        _ range: ClosedRange<Int>,
        unit: String,
        make: @escaping @Sendable (Int) -> Duration,
        count: @escaping @Sendable (Duration) -> Int
    ) -> ValueKind {
        let expected = "integer \(range.inWords) (\(unit))"
        return ValueKind<Int>.integer(range, expected: expected)
            .map(expected: expected, show: { String(count($0)) }, { make($0) })
    }
}

extension ValueKind where T == ByteCount {
    /// A whole number of bytes.
    public static func bytes(_ range: ClosedRange<Int>) -> ValueKind {
        let expected = "integer \(range.inWords) (bytes)"
        return ValueKind<Int>.integer(range, expected: expected)
            .map(expected: expected, show: { String($0.bytes) }, { .bytes($0) })
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
