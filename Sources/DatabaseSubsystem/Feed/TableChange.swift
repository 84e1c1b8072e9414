/// One change of a table, as the change feed tells it: what one statement did, or one row on engines that know no statements.
package struct TableChange: Sendable, Hashable {
    /// What was done.
    package enum Operation: String, Sendable, Hashable, CaseIterable {
        /// Rows were added.
        case insert
        /// Rows were changed.
        case update
        /// Rows were removed.
        case delete
        /// All rows were removed at once.
        case truncate
    }

    /// The number of the change in its database; those of one transaction grow, and those of several are in no order.
    package let sequence: Int64
    /// The table, with its schema where the engine has schemas.
    package let table: String
    /// What was done.
    package let operation: Operation
    /// The primary keys of the rows, as a JSON array; `nil` when there are none, or too many to list.
    package let keys: String?
}
