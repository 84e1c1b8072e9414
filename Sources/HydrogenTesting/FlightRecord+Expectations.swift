public import HydrogenCore
public import HydrogenHost
public import Landing
import Launch

extension FlightRecord {
    /// Expects that everything launched, that everything landed, and that nothing was left behind.
    public func expectClean() throws(ReportMismatch) {
        try ReportMismatch.unless(exitCode == .clean, "exit code clean", got: "\(exitCode)", in: lines)
        try ReportMismatch.unless(
            launch?.review.map { $0.successes == $0.outcomes.count } ?? true,
            "every subsystem Running",
            got: "\(launch?.review?.successes ?? 0)",
            in: lines
        )
    }

    /// Expects this exit code.
    public func expectExit(_ code: ExitCode) throws(ReportMismatch) {
        try ReportMismatch.unless(exitCode == code, "exit code \(code)", got: "\(exitCode)", in: lines)
    }

    private var lines: [String] { (launch?.lines ?? []) + (landing?.lines ?? []) }
}

extension LandingReport {
    /// Expects how the landing of `name` ended, and what became of its work.
    ///
    /// - Parameter tally: Default: not compared.
    public func expect(
        _ ending: LandingOutcome.Ending,
        for name: SubsystemName,
        tally: LandingTally? = nil
    ) throws(ReportMismatch) {
        let outcome = review[name.rawValue]
        try ReportMismatch.unless(
            outcome?.ending == ending,
            "\(name) \(ending.rawValue)",
            got: outcome?.words ?? "no such subsystem",
            in: lines
        )
        guard let tally else { return }
        try ReportMismatch.unless(
            outcome?.tally == tally,
            "\(name) with \(tally)",
            got: "\(outcome?.tally ?? LandingTally())",
            in: lines
        )
    }
}
