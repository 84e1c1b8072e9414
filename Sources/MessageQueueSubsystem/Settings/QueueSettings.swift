import DatabaseSubsystem
import NIOCore
import Synchronization

/// What operators switch for all instances of the queue at once.
///
/// It is kept in the database; a copy is looked at, which is renewed after notifications, and every few seconds. So a switch takes effect
/// here at once and elsewhere soon, and while the database is away what it said last counts.
final class QueueSettings: Sendable {
    /// What can be switched; the raw value is its name in the table.
    enum Switch: String, Sendable, Hashable, CaseIterable {
        /// Pops find nothing.
        case popMaintenance = "pop_maintenance"
        /// Pushes are kept aside.
        case pushMaintenance = "push_maintenance"
    }

    private struct Copy {
        var on: Set<Switch> = []
        /// Whether another server may have switched something.
        var isHinted = false
        /// Counts what was switched here: what was read before is not to take it back.
        var switched = 0
    }

    private let copy = Mutex(Copy())

    /// Whether something is switched on. Does not wait.
    func isOn(_ which: Switch) -> Bool { copy.withLock { $0.on.contains(which) } }

    /// Another server may have switched something.
    func hint() { copy.withLock { $0.isHinted = true } }

    /// Whether there was a hint since the last call.
    func takeHint() -> Bool {
        copy.withLock { copy in
            defer { copy.isHinted = false }
            return copy.isHinted
        }
    }

    /// Renews the copy. Returns what is switched on now and was not before.
    @discardableResult
    func renew(from store: QueueStore) async throws(DatabaseError) -> Set<Switch> {
        let switched = copy.withLock { $0.switched }
        let names = Set(try await store.rows(.settings, []).map { String(buffer: $0) })
        let on = Set(Switch.allCases.filter { names.contains("\"\($0.rawValue)\"") })
        return copy.withLock { copy in
            guard copy.switched == switched else { return [] }
            defer { copy.on = on }
            return on.subtracting(copy.on)
        }
    }

    /// Switches something on or off, for all instances.
    func turn(_ which: Switch, on: Bool, in store: QueueStore) async throws(DatabaseError) {
        _ = try await store.rows(.set, [which.rawValue, "\(on)"])
        copy.withLock { copy in
            copy.switched += 1
            if on { copy.on.insert(which) } else { copy.on.remove(which) }
        }
    }
}
