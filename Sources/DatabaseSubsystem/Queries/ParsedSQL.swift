/// SQL split at its `:name` parameters.
///
/// Values are bound to it, never written into it.
///
/// What is quoted is left alone: see ``SQLScanner`` for what counts as such.
package struct ParsedSQL: Sendable, Hashable {
    /// The parameter syntax of an engine.
    package enum Placeholders: Sendable, Hashable, CaseIterable {
        /// `?1`, `?2`: a name used twice has the same number twice and is bound once.
        ///
        /// SQLite.
        case questionNumbered
        /// `?`, bound in order of appearance: a name used twice is bound twice.
        ///
        /// MySQL, DB2, ODBC.
        case question
        /// `$1`, `$2`: a name used twice is bound once.
        ///
        /// PostgreSQL.
        case dollar
    }

    /// The SQL as it was written.
    package let text: String
    /// The distinct names without their colon, in the order of their first appearance.
    package let parameterNames: [String]
    /// What stands before, between and after the parameters: one more than ``occurrences``.
    private let pieces: [String]
    /// For each parameter in the text the index of its name.
    private let occurrences: [Int]

    /// Splits a text.
    ///
    /// Never fails: what is not closed is taken as quoted to the end.
    package init(_ text: String, dialect: SQLDialect = .standard) {
        let bytes = Array(text.utf8)
        var names: [String] = []
        var pieces: [String] = []
        var occurrences: [Int] = []
        var pieceStart = 0
        var scanner = SQLScanner(bytes, dialect: dialect)
        while let token = scanner.next() {
            guard token.kind == .parameter else { continue }
            let name = String(decoding: bytes[token.range.dropFirst()], as: UTF8.self)
            let index = names.firstIndex(of: name) ?? names.endIndex
            if index == names.endIndex { names.append(name) }
            occurrences.append(index)
            pieces.append(String(decoding: bytes[pieceStart..<token.range.lowerBound], as: UTF8.self))
            pieceStart = token.range.upperBound
        }
        pieces.append(String(decoding: bytes[pieceStart...], as: UTF8.self))
        self.text = text
        self.parameterNames = names
        self.pieces = pieces
        self.occurrences = occurrences
    }

    /// The SQL in the syntax of an engine.
    ///
    /// - Returns: The SQL, and for each placeholder to bind, in order, the index of its name in ``parameterNames``.
    package func rendered(_ style: Placeholders) -> (sql: String, order: [Int]) {
        switch style {
        case .questionNumbered: (joined { "?\($0 + 1)" }, Array(parameterNames.indices))
        case .question: (joined { _ in "?" }, occurrences)
        case .dollar: (joined { "$\($0 + 1)" }, Array(parameterNames.indices))
        }
    }

    /// The text with each parameter replaced by what `substitute` says for the index of its name.
    ///
    /// For prompts, which have nothing that could be bound. Never for SQL.
    package func joined(_ substitute: (Int) -> String) -> String {
        var result = pieces[0]
        for (occurrence, piece) in zip(occurrences, pieces.dropFirst()) {
            result += substitute(occurrence)
            result += piece
        }
        return result
    }
}
