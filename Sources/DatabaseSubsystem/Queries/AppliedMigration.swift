/// A row of the history of migrations.
package struct AppliedMigration: Sendable, Hashable {
    /// The migration's number.
    package let number: Int
    /// Its name when it was applied.
    package let name: String
    /// Its checksum when it was applied.
    package let checksum: String

    /// A migration as the history has it.
    package init(number: Int, name: String, checksum: String) {
        self.number = number
        self.name = name
        self.checksum = checksum
    }

    /// A row with the columns `number`, `name` and `checksum`; `nil` when one is not there or not of its kind.
    package init?(_ row: DatabaseRow) {
        guard let number = row["number"]?.wholeNumber, let checksum = row["checksum"]?.trimmedText else { return nil }
        self.init(number: Int(number), name: row["name"]?.trimmedText ?? "", checksum: checksum)
    }
}
