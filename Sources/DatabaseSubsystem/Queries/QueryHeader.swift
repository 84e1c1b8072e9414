/// The comment lines before the SQL of a query's file.
///
/// A line of the header is `--`, a single word directly followed by a colon, and a value: `-- timeout: 5`. The word is
/// in small letters, or is one of the known keys in any letters. Every other comment line is a comment: `-- Note: …`,
/// `-- see the manual: …`. The header ends with the first line that is neither empty nor a comment.
struct QueryHeader {
    /// The words that a header may have.
    enum Key: String, CaseIterable {
        case id
        case name
        case description
        case parameters
        case queue
        case timeout
        case cache
        case stale
        case staleOnError = "stale_on_error"
        case maximumRows = "max_rows"
        case page
        case access
        case writes
        case tables
    }

    /// One line of the header; offsets count the bytes of the file.
    struct Field {
        let key: String
        let keyOffset: Int
        let value: String
        let valueOffset: Int
    }

    /// The fields in the order of the lines.
    private(set) var fields: [Field] = []
    /// The byte at which the SQL starts.
    private(set) var end: Int

    /// Reads the header of a file's bytes from `start` on.
    init(_ bytes: [UInt8], from start: Int) {
        end = start
        while end < bytes.count {
            let lineEnd = bytes[end...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let line = bytes[end..<lineEnd].drop(while: Self.isSpace)
            if !line.isEmpty {
                guard line.starts(with: "--".utf8) else { return }
                if let field = Self.field(line.dropFirst(2)) { fields.append(field) }
            }
            end = min(lineEnd + 1, bytes.count)
        }
    }

    private static func field(_ comment: ArraySlice<UInt8>) -> Field? {
        let line = comment.drop(while: isSpace)
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let word = String(decoding: line[..<colon], as: UTF8.self)
        let after = line[(colon + 1)...]
        guard !word.isEmpty, after.first.map(isSpace) ?? true else { return nil }
        let isSmall = word.utf8.allSatisfy {
            $0 &- UInt8(ascii: "a") < 26 || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
        guard isSmall || Key(rawValue: word.lowercased()) != nil else { return nil }
        let value = after.drop(while: isSpace)
        return Field(
            key: word.lowercased(),
            keyOffset: line.startIndex,
            value: String(decoding: value, as: UTF8.self).trimmingSQLSpace,
            valueOffset: value.startIndex
        )
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}
