import HydrogenCore

extension LaunchReport {
    /// What is different from an earlier launch, one sentence each, subsystem by subsystem.
    ///
    /// Compared are which subsystems there are, what each check found, the decisions, and what became of each; times
    /// are not.
    public func changes(since previous: LaunchReport) -> [String] {
        let gone = previous.readiness.subsystems.map(\.subsystem).filter { readiness[$0] == nil }
        return readiness.subsystems.flatMap { present in
            guard let past = previous.readiness[present.subsystem] else { return ["\(present.subsystem): is new"] }
            return Self.changes(from: past, to: present) + outcomeChanges(of: present.subsystem, since: previous)
        } + gone.map { "\($0): is gone" }
    }

    private static func changes(from past: SubsystemReadiness, to present: SubsystemReadiness) -> [String] {
        let name = present.subsystem
        let gone = past.checks.filter { check in !present.checks.contains { $0.name == check.name } }
        var sentences = present.checks.flatMap { check -> [String] in
            guard let before = past.checks.first(where: { $0.name == check.name }) else {
                return check.findings.map { "\(name): \(check.name) is new: \($0.spoken)" }
            }
            return changes(in: "\(name): \(check.name)", from: before.findings, to: check.findings)
        }
        sentences += gone.map { "\(name): \($0.name) is no longer checked" }
        if past.decision != present.decision {
            sentences.append("\(name): was \(past.decision.spoken), now \(present.decision.spoken)")
        }
        return sentences
    }

    // A check that finds as many things as before is compared place by place, so that a sentence names both texts.
    private static func changes(in place: String, from past: [Finding], to present: [Finding]) -> [String] {
        if past.count == present.count {
            return zip(past, present).filter { $0 != $1 }.map { "\(place) was \($0.spoken), now \($1.spoken)" }
        }
        return past.filter { !present.contains($0) }.map { "\(place) no longer says \($0.spoken)" }
            + present.filter { !past.contains($0) }.map { "\(place) now says \($0.spoken)" }
    }

    private func outcomeChanges(of name: String, since previous: LaunchReport) -> [String] {
        guard let past = previous.review?[name], let present = review?[name], past.ending != present.ending else {
            return []
        }
        return ["\(name): was \(past.words), now \(present.words)"]
    }
}

extension SubsystemReadiness.Decision {
    fileprivate var spoken: String {
        switch self {
        case .go: "Go"
        case .noGo: "No-Go"
        }
    }
}

extension Finding {
    fileprivate var spoken: String {
        switch verdict {
        case .go: "\"\(text)\""
        case .noGo, .partNoGo: "No-Go \"\(text)\""
        }
    }
}
