/// Why migrations cannot be applied as they are.
package enum MigrationFault: Error, Sendable, Hashable {
    /// An applied migration's file is not what was applied.
    case changed(number: Int, file: String)
    /// The database has a migration above all that are available: an older program meets a newer database.
    case databaseIsNewer(applied: Int, highestAvailable: Int)
    /// A migration that is not applied stands below one that is.
    case outOfOrder(number: Int, file: String, highestApplied: Int)
}

extension MigrationFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .changed(let number, let file):
            "\(file) is not what was applied as migration \(number); restore it, and write a new migration"
        case .databaseIsNewer(let applied, let available):
            "the database is newer: it has migration \(applied), the folder ends with \(available); use a newer folder"
        case .outOfOrder(_, let file, let applied):
            "\(file) would run after migration \(applied), which is applied; give it a number above \(applied)"
        }
    }
}
