import HydrogenCore

/// One value as a caller wrote it, not yet of a type.
enum ProvidedValue: Sendable, Hashable {
    /// From a URL, where everything is text.
    case text(String)
    /// From JSON, with the type of the group that it stood in.
    case json(JSONValue, group: ParameterType?)

    /// The value as one of a declared type; `nil` when it is none.
    ///
    /// Text from a URL is parsed. JSON is taken at its word: INTEGER needs a number without decimals or exponent, FLOAT
    /// a number, BOOLEAN a boolean, every other type a string; null is NULL of any type.
    func value(as type: ParameterType) -> ParameterValue? {
        switch self {
        case .text(let text):
            ParameterValue(text: text, type: type)
        case .json(let json, let group):
            (group ?? type).fits(type) ? Self.value(json, as: type) : nil
        }
    }

    private static func value(_ json: JSONValue, as type: ParameterType) -> ParameterValue? {
        switch (json, type) {
        case (.null, _):
            .null(type)
        case (.boolean(let flag), .boolean):
            ParameterValue(type: type, content: .boolean(flag))
        case (.number(let literal), .integer), (.number(let literal), .float):
            ParameterValue(text: literal, type: type)
        case (.string(let text), .string), (.string(let text), .text), (.string(let text), .date),
            (.string(let text), .time),
            (.string(let text), .datetime), (.string(let text), .timestamp):
            ParameterValue(text: text, type: type)
        case (.boolean, _), (.number, _), (.string, _), (.array, _), (.object, _):
            nil
        }
    }

    /// What messages call the value that is not of a declared type: `string`, `integer`, or the group it stands in.
    func kindName(against type: ParameterType) -> String {
        switch self {
        case .text:
            "string"
        case .json(let json, let group):
            if let group, !group.fits(type) { group.rawValue } else { Self.kindName(json, against: type) }
        }
    }

    private static func kindName(_ json: JSONValue, against type: ParameterType) -> String {
        switch json {
        case .null: "null"
        case .boolean: "boolean"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        case .number(let literal):
            switch (literal.utf8.allSatisfy { $0.isASCIIDigit || $0 == UInt8(ascii: "-") }, type) {
            case (true, .integer): "integer out of range"
            case (true, _): "integer"
            case (false, .float): "real out of range"
            case (false, _): "real"
            }
        }
    }
}
