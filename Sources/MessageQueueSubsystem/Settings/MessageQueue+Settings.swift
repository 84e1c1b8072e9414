import DatabaseSubsystem
import HydrogenCore

/// What operators switch.
extension MessageQueue {
    /// Whether pops are answered as if there were nothing.
    package var isPopMaintenanceOn: Bool { settings.isOn(.popMaintenance) }

    /// Answers pops as if there were nothing, those that wait already too; or hands messages out again.
    package func turnPopMaintenance(on: Bool) async throws(QueueFault) {
        try await turn(.popMaintenance, on: on)
        room.wakeAll()
    }

    /// Switches something for all instances.
    func turn(_ which: QueueSettings.Switch, on: Bool) async throws(QueueFault) {
        let store = try store()
        do throws(DatabaseError) {
            try await settings.turn(which, on: on, in: store)
            applySettings()
            tellOthers()
        } catch {
            throw QueueFault(error)
        }
    }

    /// Follows what is switched elsewhere: looks a second after a notification, and at intervals. Runs until cancelled; while the
    /// database is away, what it said last counts.
    func followSettings(every interval: Duration) async {
        var nextLook = clock.now
        while !Task.isCancelled {
            try? await clock.sleep(for: .seconds(1))
            guard settings.takeHint() || clock.now >= nextLook else { continue }
            nextLook = clock.now + interval
            guard let store = try? store(), let new = try? await settings.renew(from: store) else { continue }
            applySettings()
            if new.contains(.popMaintenance) { room.wakeAll() }
        }
    }
}
