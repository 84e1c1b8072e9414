/// What a value must be, how it is read, and how it is shown.
///
/// The kinds are factories: `.integer(1...65535)`, `.secret`, `.oneOf(SSLMode.self)`. A kind of your own starts from
/// one of them with ``map(expected:show:_:)`` or ``checked(_:_:)``.
public struct ValueKind<T>: Sendable where T: Sendable {
    /// What reading a value gave.
    enum Reading {
        case value(T)
        /// The value is not of the kind; perhaps this was meant.
        case refused(suggestion: String?)
    }

    /// What a value must be, in the words of a fault: `integer 1..65535`.
    public let expected: String
    /// Whether values of the kind are never shown.
    public let isSecret: Bool

    let read: @Sendable (ConfigurationValue) -> Reading
    /// The value as JSON text, for dumps.
    let show: @Sendable (T) -> String

    init(
        expected: String,
        isSecret: Bool = false,
        show: @escaping @Sendable (T) -> String,
        read: @escaping @Sendable (ConfigurationValue) -> Reading
    ) {
        self.expected = expected
        self.isSecret = isSecret
        self.read = read
        self.show = show
    }

    /// A kind for another type, read as this kind and then converted.
    ///
    /// - Parameters:
    ///   - expected: What a value must be, for faults: `a path that starts with /`.
    ///   - show: The value as JSON text, for dumps. A secret is masked whatever this says.
    ///   - transform: The converted value; `nil` refuses it.
    /// - Returns: The kind for the other type, secret when this one is.
    public func map<U>(
        expected: String,
        show: @escaping @Sendable (U) -> String,
        _ transform: @escaping @Sendable (T) -> U?
    ) -> ValueKind<U> {
        ValueKind<U>(expected: expected, isSecret: isSecret, show: show) { value in
            switch read(value) {
            case .value(let found): transform(found).map { .value($0) } ?? .refused(suggestion: nil)
            case .refused(let suggestion): .refused(suggestion: suggestion)
            }
        }
    }

    /// The same kind, restricted.
    ///
    /// - Parameters:
    ///   - expected: What a value must be, for faults: `a path that starts with /`.
    ///   - isAllowed: Whether a value of the kind is one of these.
    /// - Returns: The restricted kind.
    public func checked(_ expected: String, _ isAllowed: @escaping @Sendable (T) -> Bool) -> ValueKind {
        map(expected: expected, show: show) { isAllowed($0) ? $0 : nil }
    }

    /// How a dump shows a value of the kind: masked when it is to be hidden, unless there is nothing to hide.
    func shown(_ value: T, isHidden: Bool) -> String {
        guard isHidden || isSecret else { return show(value) }
        return ((value as? Secret)?.isEmpty == true ? "" : Secret.mask).jsonQuoted
    }
}

extension ValueKind where T == JSONValue {
    /// Any JSON value, its references replaced throughout.
    public static var json: ValueKind {
        ValueKind(expected: "a JSON value", show: \.jsonText) { .value($0.json) }
    }
}
