package import HydrogenCore

/// What is known of a caller, by name: the values of parameters that are bound to claims, which callers cannot give.
package struct CallerClaims: Sendable, Hashable {
    /// Of a caller of whom nothing is known.
    package static let none = CallerClaims([:])

    private let values: [String: JSONValue]

    /// The members of a token's payload, or what the configuration says of a key.
    package init(_ values: [String: JSONValue]) {
        self.values = values
    }

    /// The claim of a name; `nil` without one, and of a null.
    package subscript(name: String) -> JSONValue? {
        values[name].flatMap { $0 == .null ? nil : $0 }
    }

    /// A claim as a value of a parameter's type; `nil` when it is none. Issuers write numbers as texts, too.
    func value(_ name: String, as type: ParameterType) -> ParameterValue? {
        guard let claim = self[name] else { return nil }
        // No text of a parameter has a NUL.
        if case .string(let text) = claim, text.utf8.contains(0) { return nil }
        if let value = ProvidedValue.json(claim, group: nil).value(as: type) { return value }
        switch (claim, type) {
        case (.string(let text), _), (.number(let text), .string), (.number(let text), .text):
            return ParameterValue(text: text, type: type)
        case (.boolean(let flag), .string), (.boolean(let flag), .text):
            return ParameterValue(type: type, content: .text(flag ? "true" : "false"))
        case (.null, _), (.boolean, _), (.number, _), (.array, _), (.object, _):
            return nil
        }
    }
}
