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
        // Of prompts alone.
        case model
        case system
        case schema

        /// The keys of templates in a dialect.
        static func known(in dialect: SQLDialect) -> [Key] {
            dialect == .prompt ? allCases : allCases.filter { ![.model, .system, .schema].contains($0) }
        }
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
    ///
    /// - Parameter dialect: Which keys are known, so that `-- Schema: …` stays a comment in SQL.
    init(_ bytes: [UInt8], from start: Int, dialect: SQLDialect) {
        end = start
        let known = Set(Key.known(in: dialect).map(\.rawValue))
        while end < bytes.count {
            let lineEnd = bytes[end...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let line = bytes[end..<lineEnd].drop(while: Self.isSpace)
            if !line.isEmpty {
                guard line.starts(with: "--".utf8) else { return }
                if let field = Self.field(line.dropFirst(2), known) { fields.append(field) }
            }
            end = min(lineEnd + 1, bytes.count)
        }
    }

    private static func field(_ comment: ArraySlice<UInt8>, _ known: Set<String>) -> Field? {
        let line = comment.drop(while: isSpace)
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let word = String(decoding: line[..<colon], as: UTF8.self)
        let after = line[(colon + 1)...]
        guard !word.isEmpty, after.first.map(isSpace) ?? true else { return nil }
        let isSmall = word.utf8.allSatisfy {
            $0 &- UInt8(ascii: "a") < 26 || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
        guard isSmall || known.contains(word.lowercased()) else { return nil }
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
