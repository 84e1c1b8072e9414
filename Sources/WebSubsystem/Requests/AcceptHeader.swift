import DatabaseSubsystem

/// The header `Accept`: which formats of rows a client takes, and how gladly.
///
/// Source: RFC 9110, sections 12.4.2 and 12.5.1. Parameters of media ranges other than the weight are not looked at; what is no media
/// range is left out.
struct AcceptHeader: Sendable, Hashable {
    /// A set of media types with its weight.
    private struct MediaRange: Hashable {
        /// `text`, `*`.
        let type: String
        /// `csv`, `*`.
        let subtype: String
        /// The weight, in thousandths.
        let weight: Int

        /// How exactly the range names a media type; `nil` when it does not.
        func precision(for format: RowFormat) -> Int? {
            let (type, subtype) = format.mediaType
            if self.type == type { return self.subtype == subtype ? 2 : self.subtype == "*" ? 1 : nil }
            return self.type == "*" && self.subtype == "*" ? 0 : nil
        }
    }

    private let ranges: [MediaRange]

    /// Reads the header's value.
    init(_ text: String) {
        ranges = Self.split(text[...], at: UInt8(ascii: ",")).compactMap(Self.range)
    }

    /// The format to answer in; `nil` when the client takes none.
    ///
    /// That of the greatest weight; of several the one that is named most exactly, then the first of ``RowFormat``.
    var preferred: RowFormat? {
        var best: (format: RowFormat, rank: (weight: Int, precision: Int))?
        for format in RowFormat.allCases {
            guard let rank = rank(of: format), rank.weight > 0, best.map({ rank > $0.rank }) ?? true else { continue }
            best = (format, rank)
        }
        return best?.format
    }

    /// The weight of a format: that of the range that names it most exactly.
    private func rank(of format: RowFormat) -> (weight: Int, precision: Int)? {
        ranges.compactMap { range in range.precision(for: format).map { (weight: range.weight, precision: $0) } }
            .max { ($0.precision, $0.weight) < ($1.precision, $1.weight) }
    }
}

// MARK: - Parsing

extension AcceptHeader {
    private static func range(_ element: Substring) -> MediaRange? {
        let parts = split(element, at: UInt8(ascii: ";")).map(\.trimmed)
        let names = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 2, !names[0].isEmpty, !names[1].isEmpty else { return nil }
        var weight = 1000
        for parameter in parts.dropFirst() where parameter.prefix(2).lowercased() == "q=" {
            guard let value = thousandths(parameter.dropFirst(2)) else { return nil }
            weight = value
        }
        return MediaRange(type: names[0].lowercased(), subtype: names[1].lowercased(), weight: weight)
    }

    /// `0`, `1`, or a number between with at most three decimals.
    private static func thousandths(_ text: Substring) -> Int? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts[0] == "0" || parts[0] == "1" else { return nil }
        let decimals = parts.count > 1 ? parts[1] : ""
        guard decimals.utf8.count <= 3, decimals.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { return nil }
        let fraction = Int(decimals + String(repeating: "0", count: 3 - decimals.utf8.count)) ?? 0
        let value = (parts[0] == "1" ? 1000 : 0) + fraction
        return value <= 1000 ? value : nil
    }

    /// What stands between separators, those in quoted strings aside.
    private static func split(_ text: Substring, at separator: UInt8) -> [Substring] {
        var parts: [Substring] = []
        var (isQuoted, isEscaped, start) = (false, false, text.startIndex)
        for index in text.utf8.indices {
            let byte = text.utf8[index]
            if isEscaped {
                isEscaped = false
            } else if isQuoted, byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if !isQuoted, byte == separator {
                parts.append(text[start..<index])
                start = text.utf8.index(after: index)
            }
        }
        return parts + [text[start...]]
    }
}

extension RowFormat {
    /// The media type of responses, in its two parts.
    fileprivate var mediaType: (type: String, subtype: String) {
        switch self {
        case .json: ("application", "json")
        case .ndjson: ("application", "x-ndjson")
        case .csv: ("text", "csv")
        }
    }

    /// The format that a request asks for.
    ///
    /// - Parameter accept: The header `Accept`; without one, or with an empty one, the client takes everything.
    /// - Throws: `notAcceptable` when it takes none.
    init(accept: String?) throws(WebError) {
        switch accept {
        // What nearly every client says.
        case nil, "", "*/*", "application/json": self = .json
        case .some(let text):
            guard let preferred = AcceptHeader(text).preferred else { throw .notAcceptable }
            self = preferred
        }
    }
}
