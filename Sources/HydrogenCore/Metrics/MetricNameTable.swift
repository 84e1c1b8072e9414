/// Which family each sample name belongs to: the exposition must not show one name with two meanings.
struct MetricNameTable {
    private struct Owner: Hashable {
        let family: String
        let kind: MetricKind
    }

    private var owners: [String: Owner] = [:]

    /// Takes the names of a family, unless one of them belongs to another or to the same with another kind.
    mutating func claim(_ name: MetricName, kind: MetricKind) -> Bool {
        let owner = Owner(family: name.text, kind: kind)
        guard name.sampleNames.allSatisfy({ owners[$0, default: owner] == owner }) else { return false }
        for sampleName in name.sampleNames { owners[sampleName] = owner }
        return true
    }
}
