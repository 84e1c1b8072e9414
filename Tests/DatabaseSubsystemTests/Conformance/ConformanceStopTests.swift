import HydrogenCore
import NIOCore
import Synchronization
import Testing

@testable import DatabaseSubsystem

/// What every engine owes whose queries are stopped. One at a time: what is stopped has the machine busy until it is.
@Suite("Engines stop what they are asked to", .serialized, .timeLimit(.minutes(5)))
struct ConformanceStopTests {
    private typealias Subject = ConformanceSubject

    /// Runs for minutes on any engine, and answers 0.
    private static let endless = """
        SELECT count(*) AS "n" FROM {digits} a, {digits} b, {digits} c, {digits} d, {digits} e, {digits} f, {digits} g, {digits} h, \
        {digits} i, {digits} j WHERE a.n + b.n + c.n + d.n + e.n + f.n + g.n + h.n + i.n + j.n = 1000
        """

    @Test("a query whose caller left is stopped, and its neighbour is not", arguments: Subject.present)
    func cancel(subject: ConformanceSubject) async throws {
        try await ConformanceSession.check("cancel", subject) { session in
            try await session.makeDigits()
            let endless = try await session.prepare("", Self.endless, prompt: .endless)
            let echo = try await session.prepare(
                "parameters: a INTEGER",
                #"SELECT n + :a AS "n" FROM {digits} WHERE n = 1"#,
                prompt: .count(after: "0", upTo: 1, plus: ":a")
            )
            var holds = true
            for round in 0..<20 {
                let outcome = OneShot<DatabaseError.Code?>()
                let query = try session.submit(endless) { result in
                    if case .failure(let error) = result { outcome.fulfil(error.code) } else { outcome.fulfil(nil) }
                }
                // One that is queued behind it is answered when it has made way.
                async let neighbour = session.text(echo, ["a": "\(round)"])
                if round % 2 == 0 { await session.untilRunning() }
                session.withdraw(query)
                let code = await outcome.value() ?? nil
                let answer = try await neighbour
                holds = holds && code == .cancelled && answer == "[{\"n\":\(round + 1)}]"
            }
            return holds
        }
    }

    @Test("a query that runs into its deadline is stopped, and the connection serves on", arguments: Subject.present)
    func deadline(subject: ConformanceSubject) async throws {
        try await ConformanceSession.check("deadline", subject) { session in
            try await session.makeDigits()
            let endless = try await session.prepare("", Self.endless, prompt: .endless)
            guard case .failure(let error) = try await session.rows(endless, within: .milliseconds(300)) else {
                return false
            }
            let after = try await session.text(
                "",
                #"SELECT n AS "n" FROM {digits} WHERE n = 4"#,
                prompt: .count(after: "3", upTo: 4)
            )
            return error.code == .deadlineExceeded && after == #"[{"n":4}]"#
        }
    }

    @Test("no answer is another call's", arguments: Subject.present)
    func hygiene(subject: ConformanceSubject) async throws {
        try await ConformanceSession.check("500 calls with cancels", subject) { session in
            try await session.makeDigits()
            let echo = try await session.prepare(
                "parameters: a INTEGER",
                #"SELECT n + :a AS "n", n AS "m" FROM {digits} WHERE n < 3 ORDER BY n"#,
                prompt: .count(["n", "m"], upTo: 2, plus: ":a")
            )
            let endless = try await session.prepare("", Self.endless, prompt: .endless)
            let seed = UInt64.random(in: 0...UInt64.max)
            var random = SeededGenerator(seed: seed)
            let mixed = Count()
            await withDiscardingTaskGroup { group in
                for number in 0..<500 {
                    let action = Int.random(in: 0..<20, using: &random)
                    group.addTask {
                        do {
                            switch action {
                            case 0:
                                let query = try session.submit(endless) { _ in }
                                session.withdraw(query)
                            case 1...3:
                                let query = try session.submit(echo, ["a": "\(number)"]) { result in
                                    guard case .success(let answer) = result else { return }
                                    if String(buffer: answer.rows.body) != Self.echo(number) {
                                        mixed.add()
                                    }
                                }
                                session.withdraw(query)
                            default:
                                let text = try await session.text(echo, ["a": "\(number)"])
                                if text != Self.echo(number) { mixed.add() }
                            }
                        } catch {
                            Issue.record(error, "\(session.subject.name), seed \(seed)")
                        }
                    }
                }
            }
            #expect(mixed.total == 0, "seed \(seed)")
            return mixed.total == 0
        }
    }

    /// Answers that were another call's.
    private final class Count: Sendable {
        private let value = Atomic<Int>(0)
        var total: Int { value.load(ordering: .relaxed) }
        func add() { value.add(1, ordering: .relaxed) }
    }

    private static func echo(_ number: Int) -> String {
        "[\((0..<3).map { "{\"n\":\(number + $0),\"m\":\($0)}" }.joined(separator: ","))]"
    }
}
