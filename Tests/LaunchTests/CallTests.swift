import HydrogenCore
import HydrogenTesting
import Testing

@Suite("A call that may be left behind")
struct CallTests {
    private let nursery = Nursery()
    private let clock = ManualClock()

    private func inNursery(_ body: () async throws -> Void) async rethrows {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await nursery.run() }
            try await body()
            nursery.close()
        }
    }

    @Test("It gives its value, or its error")
    func result() async throws {
        try await inNursery {
            let value = try await Call(in: nursery) { 7 }.result()?.get()
            #expect(value == 7)
            let failed = Call(in: nursery) { try await Gate.cancelled() }
            await #expect(throws: CancellationError.self) { try await failed.result()?.get() }
        }
    }

    @Test("Past the deadline there is no result; it may still come later")
    func deadline() async throws {
        try await inNursery {
            let gate = Gate()
            let call = Call(in: nursery) { try await gate.wait() }
            async let late = call.result(until: clock.now.advanced(by: .seconds(1)), on: clock)
            await clock.advanceSleeper(of: .seconds(1))
            #expect(await late == nil)
            gate.open()
            try await call.result()?.get()
        }
    }

    @Test("Interrupted, it is cancelled; within the grace it may still end", arguments: [true, false])
    func interrupted(obeys: Bool) async {
        await inNursery {
            let (gate, interruption) = (Gate(), Interruption())
            let call = Call(in: nursery) {
                if obeys { try await gate.wait() } else { await gate.waitThroughCancellation() }
            }
            async let result = call.result(on: clock, cancelledBy: interruption, grace: .seconds(1))
            interruption.fulfil(clock.now)
            if !obeys { await clock.advanceSleeper(of: .seconds(1)) }
            #expect(await (result == nil) == !obeys)
            gate.open()
        }
    }

    @Test("In a closed nursery nothing runs")
    func closed() async {
        nursery.close()
        let call = Call(in: nursery) { 7 }
        await #expect(throws: CancellationError.self) { try await call.result()?.get() }
    }
}

extension Gate {
    fileprivate static func cancelled() async throws {
        throw CancellationError()
    }
}
