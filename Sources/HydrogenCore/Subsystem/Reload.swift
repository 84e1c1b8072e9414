/// A prepared change of a running subsystem: built and validated, not yet in use.
public struct Reload: Sendable {
    /// What will change, one sentence each; empty when nothing does.
    public let changes: [String]
    /// Puts the change in use. Cannot fail: whatever can was done in preparing.
    public let apply: @Sendable () -> Void

    public init(changes: [String], apply: @escaping @Sendable () -> Void) {
        self.changes = changes
        self.apply = apply
    }

    /// Nothing of the new configuration concerns the subsystem while it runs.
    public static let unchanged = Reload(changes: [], apply: {})
}
