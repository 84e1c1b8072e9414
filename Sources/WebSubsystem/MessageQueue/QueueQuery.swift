import DatabaseSubsystem

/// The query string of a request to the message queue: what cannot be read counts as absent, as its clients expect.
struct QueueQuery: Sendable {
    private let values: [String: String]

    /// Reads `a=1&b=x`; of a name that stands twice the first counts.
    init(_ query: Substring?) {
        let pairs = (query ?? "").split(separator: "&").compactMap { part -> (String, String)? in
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { PercentDecoding.text($0.utf8.span, plusIsSpace: true) }
            guard let name = sides[0] else { return nil }
            return (name, sides.dropFirst().first.flatMap(\.self) ?? "")
        }
        values = Dictionary(pairs) { first, _ in first }
    }

    /// A value that is not empty.
    func text(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// `true` or `1`; anything else is false.
    func flag(_ name: String) -> Bool { values[name] == "true" || values[name] == "1" }

    /// A whole number, cut to a range.
    func integer(_ name: String, _ range: ClosedRange<Int>) -> Int? {
        values[name].flatMap { Int($0) }.map { min(max($0, range.lowerBound), range.upperBound) }
    }
}
