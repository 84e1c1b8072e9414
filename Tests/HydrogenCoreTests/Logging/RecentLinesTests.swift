import Testing

@testable import HydrogenCore

@Suite("Recent lines")
struct RecentLinesTests {
    private func line(_ number: Int, level: LogLevel = .state, subsystem: String = "Launch") -> LogLine {
        LogLine(time: .example, level: level, subsystem: subsystem, message: String(number))
    }

    private func filled(_ count: Int, capacity: Int) -> RecentLines {
        var recent = RecentLines(capacity: capacity)
        for number in 0..<count { recent.append(line(number)) }
        return recent
    }

    @Test(
        "Keeps the newest, at most its capacity, the newest last",
        arguments: [
            (0, 3, []), (2, 3, ["0", "1"]), (3, 3, ["0", "1", "2"]), (4, 3, ["1", "2", "3"]),
            (7, 3, ["4", "5", "6"]), (5, 1, ["4"]), (5, 0, []),
        ]
    )
    func bound(count: Int, capacity: Int, expected: [String]) {
        let recent = filled(count, capacity: capacity)
        #expect(recent.lines().map(\.message) == expected)
        #expect(recent.count == expected.count)
    }

    @Test(
        "A new capacity keeps the newest and goes on",
        arguments: [(1, ["7"]), (2, ["6", "7"]), (3, ["5", "6", "7"]), (10, ["3", "4", "5", "6", "7"])]
    )
    func resize(capacity: Int, expected: [String]) {
        var recent = filled(7, capacity: 4)
        recent.capacity = capacity
        recent.append(line(7))
        #expect(recent.lines().map(\.message) == expected)
    }

    @Test("A capacity of 0 forgets everything")
    func none() {
        var recent = filled(7, capacity: 4)
        recent.capacity = 0
        recent.append(line(7))
        #expect(recent.lines().isEmpty)
    }

    @Test("Filters by label, level and number, keeping the newest")
    func filter() {
        var recent = RecentLines(capacity: 10)
        for number in 0..<8 {
            recent.append(
                line(number, level: number % 4 == 0 ? .error : .debug, subsystem: number < 5 ? "Launch" : "Database")
            )
        }
        #expect(recent.lines(subsystem: "database").map(\.message) == ["5", "6", "7"])
        #expect(recent.lines(level: .error).map(\.message) == ["0", "4"])
        #expect(recent.lines(limit: 2).map(\.message) == ["6", "7"])
        #expect(recent.lines(subsystem: "LAUNCH", level: .alert, limit: 1).map(\.message) == ["4"])
        #expect(recent.lines(limit: 0).isEmpty)
        #expect(recent.lines(limit: -1).isEmpty)
        #expect(recent.lines(subsystem: "Landing").isEmpty)
    }
}
