import HydrogenTesting
import Testing

@Suite("The journal")
struct JournalTests {
    private let journal = Journal<Int>()

    @Test("An entry that is there is found at once")
    func present() async {
        journal.append(1)
        journal.append(2)
        #expect(await journal.first { $0 > 1 } == 2)
        #expect(journal.entries == [1, 2])
    }

    @Test("An entry still to come is waited for; others do not wake the one who waits")
    func future() async {
        async let found = journal.first { $0 == 3 }
        journal.append(1)
        journal.append(3)
        #expect(await found == 3)
    }

    @Test("A cancelled wait ends with nothing")
    func cancelled() async {
        let found = await withTaskGroup(of: Int?.self) { group in
            group.addTask { [journal] in await journal.first { _ in true } }
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(found == nil)
    }
}
