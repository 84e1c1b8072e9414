import HydrogenCore

/// What an endpoint says of itself and of its failures, as it may be shown: without the key, should it quote that, and of bounded
/// length. Pure.
struct EndpointWords: Sendable {
    private let key: Secret?

    /// The longest sentence, in characters.
    private static let longestSentence = 500
    /// The longest name, of a model say, in characters; that of a code in bytes.
    private static let (longestName, longestCode) = (256, 64)
    /// A code of so many bytes that is a part of the key is one, not a word that happens to stand in it.
    private static let shortestPart = 8

    /// - Parameter key: Not to be shown.
    init(hiding key: Secret?) {
        self.key = key.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A sentence.
    func sentence(_ text: String) -> String { String(masked(text).prefix(Self.longestSentence)) }

    /// A name that stands in a result: text, else null.
    func name(_ value: JSONValue?) -> JSONValue {
        guard case .string(let text)? = value else { return .null }
        return .string(String(masked(text).prefix(Self.longestName)))
    }

    /// What an error calls itself: a word that says nothing of the request.
    func code(of error: JSONValue) -> String? {
        for name in ["code", "type"] {
            guard case .string(let word)? = error[name]?.value, (1...Self.longestCode).contains(word.utf8.count),
                word.utf8.allSatisfy({ $0.isASCIIDigit || $0 | 0x20 &- 0x61 < 26 || $0 == 0x5F || $0 == 0x2D })
            else { continue }
            return isOfKey(word) ? Secret.mask : masked(word)
        }
        return nil
    }

    private func isOfKey(_ word: String) -> Bool {
        word.utf8.count >= Self.shortestPart && key?.reveal().contains(word) == true
    }

    private func masked(_ text: String) -> String {
        guard let key = key?.reveal() else { return text }
        // Within JSON it may be written otherwise.
        let quoted = String(key.jsonQuoted.dropFirst().dropLast())
        return text.replacing(key, with: Secret.mask).replacing(quoted, with: Secret.mask)
    }
}
