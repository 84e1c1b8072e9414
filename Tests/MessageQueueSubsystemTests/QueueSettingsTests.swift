import HydrogenTesting
import Testing

@testable import MessageQueueSubsystem

/// What is switched counts for every queue of a database.
@Suite(
    "Settings of the message queue",
    .enabled(if: OwnDatabase.isThere, "\(OwnDatabase.reason)"),
    .timeLimit(.minutes(2))
)
struct QueueSettingsTests {
    @Test("a switch outlives the flight, and is known from the first request on")
    func keeps() async throws {
        let database = try OwnDatabase()
        try await QueueFlight.fly(on: database.connection) { try await $0.queue.turn(.pushMaintenance, on: true) }
        try await QueueFlight.fly(on: database.connection) { flight async throws in
            #expect(flight.queue.settings.isOn(.pushMaintenance))
            #expect(!flight.queue.isPopMaintenanceOn)
            try await flight.queue.turn(.pushMaintenance, on: false)
            #expect(!flight.queue.settings.isOn(.pushMaintenance))
        }
    }

    @Test("what one instance switches, another does within a second")
    func instances() async throws {
        let database = try OwnDatabase()
        try await QueueFlight.fly(on: database.connection) { here async throws in
            try await QueueFlight.fly(on: database.connection) { there async throws in
                try await here.queue.turnPopMaintenance(on: true)
                #expect(!there.queue.isPopMaintenanceOn)
                await eventually {
                    there.clock.advance(by: .seconds(1))
                    return there.queue.isPopMaintenanceOn
                }
            }
        }
    }

    @Test("in maintenance pops find nothing, those that wait already too, and messages are kept")
    func pops() async throws {
        let database = try OwnDatabase()
        try await QueueFlight.fly(on: database.connection) { flight async throws in
            async let waiting = flight.pop { $0.patience = .seconds(60) }
            await eventually { flight.queue.waitingCount == 1 }
            try await flight.queue.turnPopMaintenance(on: true)
            #expect(try await waiting.why == "pop_maintenance")
            try await flight.push("a")
            #expect(try await flight.pop { $0.patience = .seconds(60) }.why == "pop_maintenance")
            try await flight.queue.turnPopMaintenance(on: false)
            #expect(try await flight.pop().transactions == ["a"])
        }
    }
}
