/// Decides which migrations are to be applied.
///
/// Pure: what runs them is elsewhere.
package enum MigrationPlan {
    /// Compares the folder with the history.
    ///
    /// Gaps in the numbers are fine. An applied migration whose file is gone is fine too, as long as newer files are
    /// there: old ones may be swept up.
    ///
    /// - Returns: What is to be applied, by ascending number.
    /// - Throws: The first of ``MigrationFault`` by number.
    package static func make(
        available: [Migration],
        applied: [AppliedMigration]
    ) throws(MigrationFault) -> [Migration] {
        let applied = Dictionary(applied.map { ($0.number, $0) }) { first, _ in first }
        let highestAvailable = available.map(\.number).max() ?? 0
        let highestApplied = applied.keys.max() ?? .min
        if highestApplied > highestAvailable {
            throw .databaseIsNewer(applied: highestApplied, highestAvailable: highestAvailable)
        }
        var pending: [Migration] = []
        for migration in available.sorted(by: { $0.number < $1.number }) {
            if let known = applied[migration.number] {
                guard known.checksum == migration.checksum else {
                    throw .changed(number: migration.number, file: migration.file)
                }
            } else {
                guard migration.number > highestApplied else {
                    throw .outOfOrder(number: migration.number, file: migration.file, highestApplied: highestApplied)
                }
                pending.append(migration)
            }
        }
        return pending
    }
}
