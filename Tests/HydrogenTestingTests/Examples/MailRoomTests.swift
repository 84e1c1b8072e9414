import HydrogenCore
import HydrogenHost
import HydrogenTesting
import Landing
import Testing

@Suite("The mail room")
struct MailRoomTests {
    private let delivered = Journal<String>()

    private func mailRoom(capacity: Int = 100, letter: @escaping @Sendable (String) async throws -> Void) throws
        -> MailRoom
    {
        let text = #"{ "MailRoom": { "Capacity": \#(capacity) } }"#
        let document = try ConfigurationDocument(
            parsing: Array(text.utf8),
            file: "test.json",
            files: .builtIn([:]),
            environment: [:]
        )
        return MailRoom(
            try document.decode(section: "MailRoom", MailRoomConfiguration.init).value,
            deliver: letter
        )
    }

    @Test("Letters posted before the landing are delivered")
    func drains() async throws {
        let mailRoom = try mailRoom { [delivered] in delivered.append($0) }
        let flight = try await SubsystemHarness(mailRoom).fly { flying in
            await flying.ready()
            try mailRoom.post("one")
            try mailRoom.post("two")
        }
        try flight.expectClean()
        #expect(delivered.entries == ["one", "two"])
        #expect(throws: MailRoom.Refusal.closed) { try mailRoom.post("three") }
    }

    @Test("A delivery that takes too long is cancelled, and what waits behind it is rejected")
    func deadline() async throws {
        let begun = Gate()
        let mailRoom = try mailRoom { _ in
            begun.open()
            try await Gate().wait()
        }
        let harness = try SubsystemHarness(mailRoom)
        async let landing = harness.fly { flying in
            await flying.ready()
            try mailRoom.post("one")
            try mailRoom.post("two")
            try await begun.wait()
        }
        await harness.log.line(beginning: "LANDING: MailRoom")
        await harness.clock.advanceToNextSleeper()
        try await landing.landing?.expect(.landed, for: "MailRoom", tally: LandingTally(rejected: 1, cancelled: 1))
    }

    @Test("Without its database the mail room is No-Go")
    func noGo() async throws {
        let database = ScriptedSubsystem("Database") { $0.findings = [.noGo("libpq.so.5 is missing; install libpq5")] }
        let harness = try SubsystemHarness(try mailRoom { _ in }, neighbours: [database])
        let flight = await harness.preflight()
        try flight.launch?.expectNoGo("MailRoom", because: "needs Database, which is No-Go")
    }

    @Test("A reload changes the capacity, and a faulty one changes nothing")
    func reload() async throws {
        let mailRoom = try mailRoom(capacity: 1) { _ in try await Gate().wait() }
        let harness = try SubsystemHarness(mailRoom, configuration: #"{ "MailRoom": { "Capacity": 1 } }"#)
        async let flight = harness.fly { flying in
            try mailRoom.post("one")
            #expect(throws: MailRoom.Refusal.full(capacity: 1)) { try mailRoom.post("two") }
            let refused = await flying.reload(#"{ "MailRoom": { "Capacity": "many" } }"#)
            #expect(refused.first == "RELOAD REFUSED")
            #expect(throws: MailRoom.Refusal.full(capacity: 1)) { try mailRoom.post("two") }
            let completed = await flying.reload(#"{ "MailRoom": { "Capacity": 2 } }"#)
            #expect(completed.contains("  MailRoom: Capacity: 1 -> 2"))
            try mailRoom.post("two")
            flying.send(.terminate)
        }
        await harness.log.line(beginning: "LANDING: MailRoom")
        try await flight.expectClean()
    }
}
