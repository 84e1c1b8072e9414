import HydrogenTesting
import Testing

@Suite("The gate")
struct GateTests {
    private let gate = Gate()

    @Test("An open gate holds nobody up")
    func open() async throws {
        gate.open()
        try await gate.wait()
        await gate.waitThroughCancellation()
    }

    @Test("A cancelled wait throws")
    func cancelled() async {
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [gate] in try await gate.wait() }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
    }

    @Test("A wait that knows nothing of cancellation goes on until the gate opens")
    func through() async {
        let passed = Journal<Bool>()
        await withTaskGroup { group in
            group.addTask { [gate] in
                await gate.waitThroughCancellation()
                passed.append(Task.isCancelled)
            }
            group.cancelAll()
            #expect(passed.entries.isEmpty)
            gate.open()
        }
        #expect(passed.entries == [true])
    }
}
