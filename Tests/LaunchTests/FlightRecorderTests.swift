import HydrogenCore
import HydrogenTesting
import Testing

@Suite("The flight recorder")
struct FlightRecorderTests {
    @Test("A flight only goes on: what comes late does not take it back")
    func phases() {
        let recorder = FlightRecorder(startedAt: WallTime(nanosecondsSinceEpoch: 0))
        #expect(recorder.phase == .launching)
        #expect(recorder.snapshot.startedAt == "1970-01-01T00:00:00.000Z")
        recorder.advance(to: .landing)
        recorder.advance(to: .ready)
        #expect(recorder.phase == .landing)
        #expect(!recorder.isReady)
    }

    @Test("It follows the states of the subsystems")
    func subsystems() throws {
        let recorder = FlightRecorder()
        #expect(recorder.subsystems.isEmpty)
        let registry = try SubsystemRegistry([ScriptedSubsystem("Database")])
        recorder.follow(registry)
        registry.move("Database", to: .ready)
        #expect(recorder.subsystems.map(\.state) == [.ready])
    }
}
