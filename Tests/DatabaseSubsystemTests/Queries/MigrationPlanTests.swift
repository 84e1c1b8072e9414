import Testing

@testable import DatabaseSubsystem

@Suite("Which migrations are applied")
struct MigrationPlanTests {
    private func migration(_ number: Int, _ text: String = "SELECT 1") -> Migration {
        Migration(number: number, name: "m\(number)", file: "\(number)_m.sql", text: text)
    }

    private func plan(_ available: [Int], applied: [Int]) throws(MigrationFault) -> [Int] {
        try MigrationPlan.make(
            available: available.map { migration($0) },
            applied: applied.map { AppliedMigration(number: $0, name: "m", checksum: migration($0).checksum) }
        ).map(\.number)
    }

    @Test(
        "what is above the history, by number",
        arguments: [
            ([], [], []), ([1, 2], [], [1, 2]), ([3, 1, 2], [], [1, 2, 3]), ([1, 2, 5], [1, 2], [5]),
            ([1, 2], [1, 2], []),
            ([5, 9], [1, 5], [9]), ([9], [1, 5], [9]),
        ]
    )
    func pending(available: [Int], applied: [Int], expected: [Int]) throws {
        #expect(try plan(available, applied: applied) == expected)
    }

    @Test(
        "contradictions",
        arguments: [
            ([1], [1, 2], MigrationFault.databaseIsNewer(applied: 2, highestAvailable: 1)),
            ([], [1], .databaseIsNewer(applied: 1, highestAvailable: 0)),
            ([1, 2, 3], [1, 3], .outOfOrder(number: 2, file: "2_m.sql", highestApplied: 3)),
        ]
    )
    func faults(available: [Int], applied: [Int], fault: MigrationFault) {
        #expect(throws: fault) { try plan(available, applied: applied) }
    }

    @Test("a changed file is refused")
    func changed() {
        let applied = AppliedMigration(number: 1, name: "m1", checksum: migration(1, "SELECT 2").checksum)
        #expect(throws: MigrationFault.changed(number: 1, file: "1_m.sql")) {
            try MigrationPlan.make(available: [migration(1)], applied: [applied])
        }
    }

    @Test("faults say what to do")
    func words() {
        #expect(
            "\(MigrationFault.outOfOrder(number: 2, file: "2_m.sql", highestApplied: 3))"
                == "2_m.sql would run after migration 3, which is applied; give it a number above 3"
        )
        #expect("\(MigrationFault.changed(number: 1, file: "1_m.sql"))".contains("restore it"))
        #expect("\(MigrationFault.databaseIsNewer(applied: 2, highestAvailable: 1))".contains("newer"))
    }

    @Test("the history's rows, as each engine returns them")
    func history() {
        let expected = AppliedMigration(number: 4, name: "a", checksum: "ff")
        #expect(
            AppliedMigration(DatabaseRow(["NUMBER": .text("4"), "NAME": .text("a"), "CHECKSUM": .text("ff ")]))
                == expected
        )
        #expect(
            AppliedMigration(DatabaseRow(["number": .integer(4), "name": .text("a"), "checksum": .text("ff")]))
                == expected
        )
        #expect(AppliedMigration(DatabaseRow(["number": .null, "name": .text("a"), "checksum": .text("ff")])) == nil)
    }
}
