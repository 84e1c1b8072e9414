/// What a query says of one of its parameters.
package struct ParameterDeclaration: Sendable, Hashable {
    /// The name, as in `:name`, without the colon.
    package let name: String
    /// What a value must be.
    package let type: ParameterType
    /// Whether a caller must provide a value.
    ///
    /// An explicit JSON null is one.
    package let isRequired: Bool
    /// What a value must be beyond its type; `nil` for anything.
    package let rule: ParameterRule?
    /// What is bound when the caller provides nothing; `nil` of a parameter that is not required binds NULL.
    package let defaultValue: ParameterValue?
    /// The claim of the caller that is bound, and nothing that the caller provides; `nil` for a parameter of callers.
    package let claim: String?

    /// A parameter that must be provided.
    package init(required name: String, _ type: ParameterType, rule: ParameterRule? = nil) {
        self.name = name
        self.rule = rule
        self.type = type
        self.isRequired = true
        self.defaultValue = nil
        self.claim = nil
    }

    /// A parameter that is bound to a claim of the caller.
    package init(_ name: String, _ type: ParameterType, claim: String, rule: ParameterRule? = nil) {
        self.name = name
        self.rule = rule
        self.type = type
        self.isRequired = false
        self.defaultValue = nil
        self.claim = claim
    }

    /// A parameter that may be left out.
    ///
    /// The default need not pass the rule: it is the author's.
    package init(
        _ name: String,
        _ type: ParameterType,
        default defaultValue: ParameterValue,
        rule: ParameterRule? = nil
    ) {
        self.name = name
        self.rule = rule
        self.type = type
        self.isRequired = false
        self.defaultValue = defaultValue
        self.claim = nil
    }

    /// Whether a name can be that of a claim: 1 to 256 characters, none of them a space, a comma or a bracket.
    static func isValidClaim(_ name: some StringProtocol) -> Bool {
        (1...256).contains(name.utf8.count) && !name.contains { $0.isWhitespace || ",[]".contains($0) }
    }

    /// The most parameters of one query, and the most that a caller may provide.
    package static let maximumCount = 100

    /// The longest name, in characters.
    package static let maximumNameLength = 63

    /// Whether a name is `[A-Za-z_][A-Za-z0-9_]*` of at most ``maximumNameLength`` characters.
    package static func isValidName(_ name: some StringProtocol) -> Bool {
        guard let first = name.utf8.first, first.isNameStart, name.utf8.count <= maximumNameLength else { return false }
        return name.utf8.allSatisfy { $0.isNameStart || $0.isASCIIDigit }
    }
}

extension UInt8 {
    /// Whether the byte is an ASCII letter or an underscore.
    var isNameStart: Bool { (self | 0x20) &- UInt8(ascii: "a") < 26 || self == UInt8(ascii: "_") }
}
