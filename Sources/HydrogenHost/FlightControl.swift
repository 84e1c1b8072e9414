import HydrogenCore
import Synchronization

/// Where signals become requests that the parts of a flight wait for.
final class FlightControl: Sendable {
    /// Comes when landing is asked for.
    let landing = Interruption()
    /// Comes when landing is asked for again.
    let haste = Interruption()
    /// One element for each reload to be made; ends when landing is asked for.
    ///
    /// Holds sixteen. More are dropped: a reload that has not begun will read what the dropped one would have read.
    let reloads: AsyncStream<Void>

    private let machine = Mutex(FlightStateMachine())
    private let reloadRequests: AsyncStream<Void>.Continuation
    private let log: OperatorLog
    private let clock: any MonotonicClock
    private let recorder: FlightRecorder
    private let dump: @Sendable () -> String

    /// The requests of one flight.
    ///
    /// - Parameter dump: The effective configuration as text, secrets masked.
    init(log: OperatorLog, clock: any MonotonicClock, recorder: FlightRecorder, dump: @escaping @Sendable () -> String)
    {
        (reloads, reloadRequests) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(16))
        self.log = log
        self.clock = clock
        self.recorder = recorder
        self.dump = dump
    }

    /// Answers one signal, and says so.
    func take(_ signal: FlightSignal) {
        let action = machine.withLock { $0.receive(signal) }
        log.report([Self.announcement(of: action, for: signal)])
        perform(action)
    }

    /// Asks for landing as the one who started the flight, by cancelling it.
    func cancel() {
        let action = machine.withLock { $0.land() }
        if action == .land { log.report(["Flight cancelled, initiating landing"]) }
        perform(action)
    }

    /// The launch is over: reloads asked for meanwhile come now.
    func launched() {
        for _ in 0..<machine.withLock({ $0.launched() }) {
            reloadRequests.yield()
        }
    }

    private func perform(_ action: FlightStateMachine.Action) {
        switch action {
        case .land:
            recorder.advance(to: .landing)
            landing.fulfil(clock.now)
            reloadRequests.finish()
        case .landAtOnce:
            haste.fulfil(clock.now)
        case .reload:
            reloadRequests.yield()
        case .dump:
            log.report(["CONFIGURATION DUMP", dump(), "CONFIGURATION DUMP COMPLETE"])
        case .postponeReload, .ignore:
            break
        }
    }

    private static func announcement(of action: FlightStateMachine.Action, for signal: FlightSignal) -> String {
        let consequence =
            switch action {
            case .land: "initiating landing"
            case .landAtOnce: "landing at once"
            case .reload: "reloading configuration"
            case .postponeReload: "reloading configuration after the launch"
            case .dump: "dumping configuration"
            case .ignore: "ignored: landing is under way"
            }
        return "\(signal.rawValue) received, \(consequence)"
    }
}
