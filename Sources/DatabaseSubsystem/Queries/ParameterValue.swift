/// A value ready to bind, typed for the engine.
package struct ParameterValue: Sendable, Hashable {
    /// What is bound.
    package enum Content: Sendable, Hashable {
        /// SQL NULL, of the value's type.
        case null
        /// For ``ParameterType/integer``.
        case integer(Int64)
        /// For ``ParameterType/float``.
        ///
        /// Never NaN or infinite.
        case float(Double)
        /// For ``ParameterType/boolean``.
        case boolean(Bool)
        /// For all other types: text that has the form of the type, as the caller wrote it.
        case text(String)
    }

    /// The declared type of the parameter.
    package let type: ParameterType
    /// What is bound.
    package let content: Content

    /// A value that is known to fit its type.
    package init(type: ParameterType, content: Content) {
        self.type = type
        self.content = content
    }

    /// SQL NULL of a type.
    package static func null(_ type: ParameterType) -> ParameterValue {
        ParameterValue(type: type, content: .null)
    }
}

extension ParameterValue {
    /// Reads text, as a URL gives it, as a value of a type; `nil` when it is none.
    ///
    /// INTEGER is `-?[0-9]+` within 64 bits, FLOAT a finite decimal, BOOLEAN `true`, `false`, `1` or `0`; the types of
    /// the calendar are checked against it; STRING and TEXT take every text.
    package init?(text: String, type: ParameterType) {
        switch type {
        case .integer:
            guard let number = DecimalText.integer(text) else { return nil }
            self.init(type: type, content: .integer(number))
        case .float:
            guard let number = DecimalText.float(text) else { return nil }
            self.init(type: type, content: .float(number))
        case .boolean:
            guard let flag = Self.booleans[text] else { return nil }
            self.init(type: type, content: .boolean(flag))
        case .string, .text, .date, .time, .datetime, .timestamp:
            guard CivilText.isValid(text, as: type) else { return nil }
            self.init(type: type, content: .text(text))
        }
    }

    private static let booleans = ["true": true, "1": true, "false": false, "0": false]
}

extension ParameterValue.Content {
    /// Texts are the same only byte by byte: what Unicode takes for equivalent, such as the two forms of é, is not the same to a
    /// database, nor to whom a kept result belongs.
    package static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.integer(let left), .integer(let right)): left == right
        case (.float(let left), .float(let right)): left == right
        case (.boolean(let left), .boolean(let right)): left == right
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        case (.null, _), (.integer, _), (.float, _), (.boolean, _), (.text, _): false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .integer(let number): hasher.combine(number)
        case .float(let number): hasher.combine(number)
        case .boolean(let flag): hasher.combine(flag)
        case .text(let text):
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }
}
