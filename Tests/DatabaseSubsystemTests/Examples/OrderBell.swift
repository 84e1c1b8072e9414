import DatabaseSubsystem
import HydrogenCore

/// Rings for each change of the shop's orders, by whomever it is made: the smallest subsystem that follows changes.
final class OrderBell: Subsystem {
    let name: SubsystemName = "OrderBell"
    let dependencies: [SubsystemName] = ["Database"]
    let readinessChecks: [ReadinessCheck] = []

    private let databases: DatabaseSubsystem
    private let ring: @Sendable (TableChange) async -> Void
    private let lookAtAll: @Sendable () async -> Void

    /// - Parameters:
    ///   - ring: What to do about a change.
    ///   - lookAtAll: What to do when any order may have changed.
    init(
        _ databases: DatabaseSubsystem,
        ring: @escaping @Sendable (TableChange) async -> Void,
        lookAtAll: @escaping @Sendable () async -> Void
    ) {
        (self.databases, self.ring, self.lookAtAll) = (databases, ring, lookAtAll)
    }

    func launch(_ context: LaunchContext) async throws {
        let changes = try databases.changes(of: "Shop", tables: ["orders"])
        context.keepRunning("bell") { [ring, lookAtAll] in
            for await event in changes {
                switch event {
                case .change(let change): await ring(change)
                case .gap: await lookAtAll()
                }
            }
        }
    }

    func land(_ context: LandingContext) async throws -> LandingTally { LandingTally() }
}
