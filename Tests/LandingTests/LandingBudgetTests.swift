import Testing

@testable import Landing

@Suite("The landing budget")
struct LandingBudgetTests {
    @Test(
        "A part is what is left less the reserves and twice the grace",
        arguments: [
            (30_000, 0, 28_000, 1000), (30_000, 4, 20_000, 1000), (4000, 0, 2000, 1000), (2000, 0, 1000, 500),
            (4000, 4, 400, 200), (0, 0, 0, 50), (-5000, 3, 0, 50),
        ]
    )
    func parts(remaining: Int, stillToCome: Int, landing: Int, grace: Int) {
        let budget = LandingBudget(remaining: .milliseconds(remaining), stillToCome: stillToCome)
        #expect(budget.landing == .milliseconds(landing))
        #expect(budget.grace == .milliseconds(grace))
    }

    @Test("When everything hangs the landing is over in time", arguments: 1...20, [5, 10, 30, 300])
    func total(count: Int, seconds: Int) {
        var remaining = Duration.seconds(seconds)
        for index in 0..<count {
            let budget = LandingBudget(remaining: remaining, stillToCome: count - index - 1)
            #expect(budget.landing >= .milliseconds(100), "subsystem \(index)")
            remaining -= budget.landing + budget.grace * 2
        }
        #expect(remaining >= .zero - LandingBudget.shortestGrace * 2 * count)
    }
}
