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
