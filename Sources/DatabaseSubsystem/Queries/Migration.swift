/// One numbered change of a database's schema: a file `0001_create_orders.sql`.
package struct Migration: Sendable, Hashable {
    /// The number that orders migrations and is applied once.
    package let number: Int
    /// What stands between the number and `.sql`: `create_orders`.
    package let name: String
    /// The file, for messages.
    package let file: String
    /// The SQL, statement by statement.
    package let script: SQLScript
    /// The fingerprint of the file, 16 hexadecimal digits; line ends of Windows count as those of Unix.
    package let checksum: String

    /// The statements in order, without semicolons.
    package var statements: [String] { script.statements.map(\.text) }

    /// A migration of a text.
    package init(number: Int, name: String, file: String, text: String, dialect: SQLDialect = .standard) {
        self.number = number
        self.name = name
        self.file = file
        self.script = SQLScript(text, dialect: dialect)
        var hash = ContentHash()
        hash.combine(text.utf8.lazy.filter { $0 != UInt8(ascii: "\r") })
        self.checksum = hash.hexadecimal
    }
}
