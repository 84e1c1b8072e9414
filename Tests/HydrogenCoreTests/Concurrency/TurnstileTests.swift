import HydrogenCore
import Synchronization
import Testing

@Suite("A turnstile", .timeLimit(.minutes(1)))
struct TurnstileTests {
    /// Counts turns by key; the first one lasts until it is let go.
    private final class Place: Sendable {
        let turnstile = Turnstile<String, Int>()
        let first = Latch()
        private let turns = Mutex<[String]>([])

        var begun: [String] { turns.withLock { $0 } }

        func pass(_ key: String) async -> Int? {
            await turnstile.pass(for: key) { [self] in
                let number = turns.withLock { turns in
                    turns.append(key)
                    return turns.count
                }
                if number == 1 { await first.wait() }
                return number
            }
        }

        func waits(for count: Int) async {
            while turnstile.waitingCount != count { await Task.yield() }
        }

        func begins(_ count: Int) async {
            while begun.count != count { await Task.yield() }
        }
    }

    @Test("many who want the same share the next turn: there are two")
    func sharing() async {
        let place = Place()
        await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<200 { group.addTask { await place.pass("a") } }
            await place.waits(for: 199)
            place.first.open()
            var values: [Int?] = []
            for await value in group { values.append(value) }
            #expect(values.count { $0 == 1 } == 1)
            #expect(values.count { $0 == 2 } == 199)
        }
        #expect(place.begun == ["a", "a"])
    }

    @Test("those who want something else have their turn, in the order in which the first of them came")
    func order() async {
        let place = Place()
        await withDiscardingTaskGroup { group in
            for (waiting, key) in ["a", "b", "c", "b", "c", "a"].enumerated() {
                group.addTask { _ = await place.pass(key) }
                if waiting == 0 { await place.begins(1) }
                await place.waits(for: waiting)
            }
            place.first.open()
        }
        #expect(place.begun == ["a", "b", "c", "a"])
    }

    @Test("a cancelled task does not wait on; others of its key do")
    func cancellation() async {
        let place = Place()
        await withDiscardingTaskGroup { group in
            group.addTask { _ = await place.pass("a") }
            await place.begins(1)
            group.addTask {
                await withTaskGroup(of: Int?.self) { inner in
                    inner.addTask { await place.pass("b") }
                    await place.waits(for: 1)
                    inner.cancelAll()
                    #expect(await inner.next() == .some(nil))
                }
                #expect(place.turnstile.waitingCount == 0)
                place.first.open()
            }
        }
        #expect(place.begun == ["a"])
        #expect(await place.pass("b") == 2)
    }

    @Test("what a task did that was cancelled meanwhile is done again for those who shared its turn")
    func cancelledTurn() async {
        let turnstile = Turnstile<String, Int>()
        let (begun, gate, inside) = (Latch(), Latch(), Latch())
        await withTaskGroup(of: Int?.self) { group in
            group.addTask {
                await turnstile.pass(for: "first") {
                    begun.open()
                    await gate.wait()
                    return 0
                }
            }
            await begun.wait()
            let cancelled = Latch()
            group.addTask {
                await withTaskGroup(of: Int?.self) { inner in
                    inner.addTask {
                        await turnstile.pass(for: "shared") {
                            inside.open()
                            await cancelled.wait()
                            return 1
                        }
                    }
                    await inside.wait()
                    inner.cancelAll()
                    return await inner.next() ?? nil
                }
            }
            while turnstile.waitingCount != 1 { await Task.yield() }
            group.addTask { await turnstile.pass(for: "shared") { 2 } }
            while turnstile.waitingCount != 2 { await Task.yield() }
            gate.open()
            var values: Set<Int?> = []
            for await value in group { values.insert(value) }
            #expect(values == [0, 1, 2])
        }
    }
}
