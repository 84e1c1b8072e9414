/// SQL of several statements, split at the semicolons between them.
///
/// Semicolons in strings, names and comments stay, and so do those in the `BEGIN … END` of a trigger, procedure,
/// function or event. Comments before and after a statement, and statements of nothing but comments, are dropped.
/// MySQL's `DELIMITER` belongs to its command line client and is not known: it is not needed.
package struct SQLScript: Sendable, Hashable {
    /// One statement, without its semicolon.
    package struct Statement: Sendable, Hashable {
        /// The statement, from its first word to its last.
        package let text: String
        /// The line of the script on which it starts; the first is 1.
        package let line: Int
    }

    /// The statements in order.
    package let statements: [Statement]

    /// Splits a text.
    ///
    /// Never fails: what is not closed reaches to the end.
    package init(_ text: String, dialect: SQLDialect = .standard) {
        let bytes = Array(text.utf8)
        var scanner = SQLScanner(bytes, dialect: dialect)
        var statements: [Statement] = []
        var range: Range<Int>?
        var block = Block()
        var line = 1
        var countedTo = 0

        func close() {
            guard let found = range else { return }
            line += bytes[countedTo..<found.lowerBound].count { $0 == UInt8(ascii: "\n") }
            countedTo = found.lowerBound
            statements.append(Statement(text: String(decoding: bytes[found], as: UTF8.self), line: line))
            range = nil
            block = Block()
        }

        while let token = scanner.next() {
            switch token.kind {
            case .whitespace, .comment:
                continue
            case .semicolon where !block.isOpen:
                close()
                continue
            case .word:
                block.take(word: String(decoding: bytes[token.range], as: UTF8.self).uppercased())
            case .quoted, .parameter, .semicolon, .symbol:
                block.take(symbol: token.range.count == 1 ? bytes[token.range.lowerBound] : 0)
            }
            range = (range?.lowerBound ?? token.range.lowerBound)..<token.range.upperBound
        }
        close()
        self.statements = statements
    }
}

extension SQLScript {
    /// Follows the words of one statement and knows whether a block is open.
    private struct Block {
        private enum Kind {
            /// Not a word yet.
            case unknown
            /// Starts with CREATE; what it creates is not known yet.
            case creating
            /// Has no block, whatever its words.
            case simple
            /// May have a block, `depth` levels of which are open.
            ///
            /// After END the next word says what ended.
            case compound(depth: Int, afterEnd: Bool)
        }

        private var kind = Kind.unknown
        private var followsDot = false

        var isOpen: Bool {
            switch kind {
            case .unknown, .creating, .simple: false
            case .compound(let depth, _): depth > 0
            }
        }

        mutating func take(symbol: UInt8) {
            followsDot = symbol == UInt8(ascii: ".")
            switch kind {
            case .unknown: kind = .simple
            case .compound(let depth, true): kind = .compound(depth: depth, afterEnd: false)
            case .creating, .simple, .compound(_, false): break
            }
        }

        mutating func take(word: String) {
            let isName = followsDot
            followsDot = false
            switch kind {
            case .unknown:
                kind = word == "CREATE" ? .creating : .simple
            case .creating:
                if Self.compoundObjects.contains(word) { kind = .compound(depth: 0, afterEnd: false) }
                if Self.simpleObjects.contains(word) { kind = .simple }
            case .simple:
                break
            case .compound(let depth, let afterEnd):
                kind =
                    isName
                    ? .compound(depth: depth, afterEnd: false) : Self.next(word, depth: depth, afterEnd: afterEnd)
            }
        }

        /// END IF and its like close what was not counted: END has been counted, so the level is given back.
        private static func next(_ word: String, depth: Int, afterEnd: Bool) -> Kind {
            switch word {
            case "BEGIN": .compound(depth: depth + 1, afterEnd: false)
            case "CASE": .compound(depth: afterEnd ? depth : depth + 1, afterEnd: false)
            case "END": .compound(depth: max(0, depth - 1), afterEnd: true)
            case "IF", "LOOP", "WHILE", "REPEAT", "FOR": .compound(depth: afterEnd ? depth + 1 : depth, afterEnd: false)
            default: .compound(depth: depth, afterEnd: false)
            }
        }

        private static let compoundObjects: Set<String> = ["TRIGGER", "PROCEDURE", "FUNCTION", "EVENT"]

        private static let simpleObjects: Set<String> = [
            "TABLE", "VIEW", "INDEX", "SCHEMA", "TYPE", "SEQUENCE", "EXTENSION", "DATABASE", "ROLE", "USER", "DOMAIN",
            "RULE",
            "POLICY", "COLLATION", "CAST", "OPERATOR", "AGGREGATE", "LANGUAGE", "ALIAS", "SYNONYM", "VARIABLE",
            "TABLESPACE",
            "STATISTICS", "PUBLICATION", "SUBSCRIPTION", "SERVER",
        ]
    }
}
