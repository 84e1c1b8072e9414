import HydrogenCore
import HydrogenTesting
import Testing

@Suite("The background work of one subsystem")
struct BackgroundWorkTests {
    private let clock = ManualClock()

    @Test("Ending cancels all, waits, and names what did not end, in the order of its start")
    func end() async {
        let nursery = Nursery()
        let gate = Gate()
        let began = Journal<String>()
        await withTaskGroup { group in
            group.addTask { await nursery.run() }
            let work = BackgroundWork(in: nursery)
            for name in ["poll", "watch"] {
                work.start(name) {
                    began.append(name)
                    await gate.waitThroughCancellation()
                }
            }
            await began.first { $0 == "watch" }
            async let left = work.end(within: .seconds(1), on: clock)
            await clock.advanceSleeper(of: .seconds(1))
            #expect(await left == ["poll", "watch"])

            work.start("late") { began.append("late") }
            gate.open()
            nursery.close()
        }
        #expect(!began.entries.contains("late"))
    }

    @Test("Work that ends when it is cancelled is waited for, and not named")
    func cancelled() async {
        let nursery = Nursery()
        await withTaskGroup { group in
            group.addTask { await nursery.run() }
            let work = BackgroundWork(in: nursery)
            work.start("heartbeat") { try? await Gate().wait() }
            // The clock stands still: only the end of the work ends the wait.
            #expect(await work.end(within: .seconds(1), on: clock) == [])
            nursery.close()
        }
    }

    @Test("Work that has ended by itself is not waited for")
    func endedBefore() async {
        let nursery = Nursery()
        let done = Gate()
        await withTaskGroup { group in
            group.addTask { await nursery.run() }
            let work = BackgroundWork(in: nursery)
            work.start("short") { done.open() }
            await done.waitThroughCancellation()
            #expect(await work.end(within: .seconds(1), on: clock).isEmpty)
            nursery.close()
        }
    }
}
