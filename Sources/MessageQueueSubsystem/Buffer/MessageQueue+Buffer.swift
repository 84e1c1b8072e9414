/// Pushes that are kept in files: what operators switch and see, and what the subsystem runs.
extension MessageQueue {
    /// Where the buffer of pushes stands; `nil` without one.
    package var bufferStatus: BufferStatus? { buffer?.status }

    /// Whether pushes are kept in files, and nothing that is there is delivered.
    package var isPushMaintenanceOn: Bool { settings.isOn(.pushMaintenance) }

    /// Keeps pushes in files from now on, whether the database serves or not; or delivers what was kept.
    package func turnPushMaintenance(on: Bool) async throws(QueueFault) {
        guard buffer != nil || !on else { throw Self.hasNoBuffer }
        try await turn(.pushMaintenance, on: on)
    }

    /// Why nothing may be pushed into the database at present: it would overtake what waits in files, or an operator does not want it.
    var obstacleToPushes: QueueFault? {
        if let buffer {
            buffer.isLive
                ? nil : .unavailable("pushes are kept in files at present; retry soon", retryAfter: .seconds(1))
        } else {
            // Another instance has a buffer, and an operator who wants no push in the database.
            isPushMaintenanceOn ? Self.hasNoBuffer : nil
        }
    }

    private static let hasNoBuffer = QueueFault.unavailable(
        "push maintenance keeps pushes in files, and this server has no place for them: set MessageQueue.Buffer.Directory",
        retryAfter: nil
    )

    /// Puts in force what is switched.
    func applySettings() { buffer?.setMaintenance(isPushMaintenanceOn) }

    /// Delivers what is kept in files. Runs until the queue lands; for a queue that is open.
    func deliverKept() async {
        guard let buffer, let store = try? store() else { return }
        await buffer.run(into: store) { [self] in wake(for: $0) }
    }

    /// Closes the files of what is kept. Pushes are refused from then on.
    func closeBuffer(until deadline: ContinuousClock.Instant) async {
        await buffer?.land(until: deadline)
    }
}
