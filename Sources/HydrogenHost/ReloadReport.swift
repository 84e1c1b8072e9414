/// How one reload of the configuration ended.
struct ReloadReport: Sendable, Equatable {
    /// How a reload ends.
    enum Ending: Sendable, Equatable {
        /// The new configuration is in use; what changed, one sentence each.
        case complete(changes: [String])
        /// The old configuration is kept; every fault that was found.
        case refused(faults: [String])
    }

    let ending: Ending
    /// How many reloads were completed since launch, this one included.
    let count: Int

    /// The report that begins with `RELOAD COMPLETE` or `RELOAD REFUSED`.
    var lines: [String] {
        switch ending {
        case .complete(let changes):
            ["RELOAD COMPLETE"] + (changes.isEmpty ? ["nothing changed"] : changes).map { "  \($0)" }
                + ["Reload Count:  \(count)"]
        case .refused(let faults):
            ["RELOAD REFUSED"] + faults.map { "  \($0)" } + [
                "The configuration in use is kept", "Reload Count:  \(count)",
            ]
        }
    }
}
