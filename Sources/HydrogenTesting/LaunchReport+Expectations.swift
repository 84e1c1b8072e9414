public import HydrogenCore
public import Launch

extension LaunchReport {
    /// Expects that the checks of `name` decided Go.
    public func expectGo(_ name: SubsystemName) throws(ReportMismatch) {
        try expect(.go, for: name)
    }

    /// Expects that the checks of `name` decided No-Go, for a reason that contains `reason`.
    public func expectNoGo(_ name: SubsystemName, because reason: String) throws(ReportMismatch) {
        try expect(.noGo, for: name)
        let reasons = readiness[name.rawValue]?.findings.filter { $0.verdict == .noGo }.map(\.text) ?? []
        try ReportMismatch.unless(
            reasons.contains { $0.contains(reason) },
            "\(name) No-Go because of \"\(reason)\"",
            got: "\(reasons)",
            in: readiness.lines
        )
    }

    /// Expects that a check of `name` found something whose text contains `text`, whatever the verdict.
    public func expectFinding(_ name: SubsystemName, _ text: String) throws(ReportMismatch) {
        let findings = readiness[name.rawValue]?.findings.map(\.text) ?? []
        try ReportMismatch.unless(
            findings.contains { $0.contains(text) },
            "a finding of \(name) with \"\(text)\"",
            got: "\(findings)",
            in: readiness.lines
        )
    }

    /// Expects that `name` was launched.
    public func expectRunning(_ name: SubsystemName) throws(ReportMismatch) {
        let outcome = review?[name.rawValue]
        try ReportMismatch.unless(
            outcome?.ending == .running,
            "\(name) Running",
            got: outcome?.words ?? "no such subsystem",
            in: lines
        )
    }

    /// Expects that the launch of `name` failed with an error whose description contains `reason`.
    public func expectFailed(_ name: SubsystemName, because reason: String) throws(ReportMismatch) {
        let outcome = review?[name.rawValue]
        try ReportMismatch.unless(
            outcome?.ending == .failed && outcome?.reason?.contains(reason) == true,
            "\(name) Failed to Launch because of \"\(reason)\"",
            got: outcome?.words ?? "no such subsystem",
            in: lines
        )
    }

    private func expect(
        _ decision: SubsystemReadiness.Decision,
        for name: SubsystemName
    ) throws(ReportMismatch) {
        let got = readiness[name.rawValue]?.decision
        try ReportMismatch.unless(
            got == decision,
            "\(name) \(decision.rawValue)",
            got: got?.rawValue ?? "no such subsystem",
            in: readiness.lines
        )
    }
}
