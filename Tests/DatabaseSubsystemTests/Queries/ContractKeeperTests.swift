import Synchronization
import Testing

@testable import DatabaseSubsystem

@Suite("Keeping contracts", .timeLimit(.minutes(1)))
struct ContractKeeperTests {
    private final class Count: Sendable {
        private let count = Mutex(0)

        var value: Int { count.withLock { $0 } }

        func increment() { count.withLock { $0 += 1 } }
    }

    private static func contracts(_ count: Int) -> QueryContracts {
        let contract = QueryContract(StatementFacts(columns: [], isReadOnly: true))
        let known = QueryContracts.Known(fingerprint: "0", contract: contract)
        return QueryContracts(Dictionary(uniqueKeysWithValues: (0..<count).map { (QueryID($0), known) }))
    }

    @Test("what is newest stands in the file at the end, however many ask")
    func newest() async throws {
        let folder = try TemporaryFolder()
        let file = ContractFile(path: "\(folder.path)/contracts.json")
        let keeper = ContractKeeper(file)
        let count = Count()
        await withDiscardingTaskGroup { group in
            for _ in 0..<50 {
                group.addTask {
                    count.increment()
                    keeper.keep({ Self.contracts(count.value) }, onFailure: { Issue.record("\($0)") })
                }
            }
        }
        await keeper.finish()
        #expect(try file.load() == Self.contracts(50))
    }

    @Test("a file that cannot be written is told, and tried again when it is asked for again")
    func failure() async throws {
        let folder = try TemporaryFolder()
        let file = ContractFile(path: "\(folder.path)/absent/contracts.json")
        let keeper = ContractKeeper(file)
        let failures = Count()
        for attempt in 1...2 {
            let onFailure: @Sendable (String) -> Void = { reason in
                #expect(reason.hasPrefix(file.path))
                failures.increment()
            }
            keeper.keep({ Self.contracts(1) }, onFailure: onFailure)
            await keeper.finish()
            #expect(failures.value == attempt)
        }
        try folder.write("", to: "absent/other")
        keeper.keep({ Self.contracts(1) }, onFailure: { Issue.record("\($0)") })
        await keeper.finish()
        #expect(try file.load() == Self.contracts(1))
    }
}
