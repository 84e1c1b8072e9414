import Testing

@testable import DatabaseSubsystem

@Suite("Table epochs")
struct TableEpochsTests {
    private let epochs = TableEpochs()

    private func stamp(_ tables: [String]) -> UInt64 {
        epochs.epochs(of: tables).reduce(0) { $0 + $1.value }
    }

    @Test(
        "a change of a table moves what depends on it, and nothing else",
        arguments: [
            ("orders", ["orders"], true), ("Orders", ["ORDERS"], true), ("public.orders", ["orders"], true),
            ("public.orders", ["public.orders"], true), ("orders", ["public.orders"], false),
            ("archive.orders", ["public.orders"], false), ("items", ["orders"], false),
            ("items", ["orders", "items"], true), ("orders", [], false),
        ] as [(String, [String], Bool)]
    )
    func changes(changed: String, tables: [String], moves: Bool) {
        let before = stamp(tables)
        epochs.changed([changed])
        #expect((stamp(tables) != before) == moves)
    }

    @Test("when nobody knows what changed, everything moves", arguments: [[], ["orders"]])
    func everything(tables: [String]) {
        let before = stamp(tables)
        epochs.everythingChanged()
        #expect(stamp(tables) != before)
    }
}
