extension ConfigurationReader {
    /// The value under a key, or its default when the key is absent or its variable unset.
    ///
    /// - Parameters:
    ///   - key: The key, as it is written.
    ///   - kind: What the value must be.
    ///   - default: What an absent key stands for; it need not be of the kind's range.
    ///   - reloadable: Whether a reload puts a changed value in force; shown in dumps.
    /// - Returns: The value; the default also after a fault.
    public func value<T>(_ key: String, _ kind: ValueKind<T>, default: T, reloadable: Bool = false) -> T {
        switch lookup(key) {
        case .present(let value): return read(value, kind, at: pathOf(key), reloadable: reloadable) ?? `default`
        case .refused: return `default`
        case .absent(let unset):
            let origin = Self.absence("default", unset)
            record(pathOf(key), kind.shown(`default`, isHidden: false), origin: origin, reloadable: reloadable)
            return `default`
        }
    }

    /// The value under a key; `nil` when the key is absent or its variable unset.
    public func optional<T>(_ key: String, _ kind: ValueKind<T>, reloadable: Bool = false) -> T? {
        switch lookup(key) {
        case .present(let value): return read(value, kind, at: pathOf(key), reloadable: reloadable)
        case .refused: return nil
        case .absent(let unset):
            if !unset.isEmpty {
                record(pathOf(key), "null", origin: Self.absence("default", unset), reloadable: reloadable)
            }
            return nil
        }
    }

    /// The value under a key that must be there.
    ///
    /// An absent key is a fault that names it, and the unset variables when they are the reason.
    ///
    /// - Parameters:
    ///   - key: The key, as it is written.
    ///   - kind: What the value must be.
    ///   - placeholder: What is answered after a fault, so that reading goes on; it reaches nobody.
    /// - Returns: The value; the placeholder after a fault.
    public func required<T>(_ key: String, _ kind: ValueKind<T>, placeholder: T) -> T {
        switch lookup(key) {
        case .present(let value): return read(value, kind, at: pathOf(key), reloadable: false) ?? placeholder
        case .refused: return placeholder
        case .absent(let unset):
            fault(key, expected: kind.expected, got: Self.absence("nothing", unset))
            return placeholder
        }
    }

    /// `default`, or `default (env NAME is not set)`.
    private static func absence(_ word: String, _ unset: [String]) -> String {
        switch unset.count {
        case 0: word
        case 1: "\(word) (env \(unset[0]) is not set)"
        default: "\(word) (env \(unset.joined(separator: ", ")) are not set)"
        }
    }
}
