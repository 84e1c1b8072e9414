public import HydrogenCore
public import HydrogenHost
import Synchronization

/// Launches and lands one subsystem as the host does, with a clock that stands still, a captured log, and scripted
/// neighbours.
///
/// ```swift
/// let harness = try SubsystemHarness(MailRoom(), configuration: #"{ "MailRoom": { "Capacity": 10 } }"#)
/// let flight = try await harness.fly { flying in
///     await flying.ready()
/// }
/// try flight.expectClean()
/// ```
public struct SubsystemHarness: Sendable {
    /// The clock that the host and the subsystem measure with.
    public let clock: ManualClock
    /// Everything that is logged.
    public let log = CapturedLog()
    /// Tells how far the flight is.
    public let recorder = FlightRecorder()

    private let flight: Flight
    private let nextConfiguration: NextConfiguration

    /// A harness around `subject`.
    ///
    /// - Parameters:
    ///   - neighbours: The subsystems beside it. What `subject` depends on and is not among them is played by one that
    ///     does everything at once and well.
    ///   - configuration: The text of the configuration file; relative paths in it lead nowhere.
    ///   - shutdownTimeout: How long the whole landing may take on `clock`.
    /// - Throws: `ConfigurationFaults` when the text is no configuration.
    public init(
        _ subject: any Subsystem,
        neighbours: [any Subsystem] = [],
        configuration: String = "{}",
        clock: ManualClock = ManualClock(),
        shutdownTimeout: Duration = .seconds(30)
    ) throws(ConfigurationFaults) {
        let missing = subject.dependencies.filter { name in !neighbours.contains { $0.name == name } }
        let next = NextConfiguration()
        self.clock = clock
        self.nextConfiguration = next
        self.flight = Flight(
            subsystems: missing.map { ScriptedSubsystem($0) } + neighbours + [subject],
            configuration: FlightConfiguration(
                document: try NextConfiguration.parse(configuration),
                reread: { try next.take() },
                dump: \.file
            ),
            settings: FlightSettings(shutdownTimeout: shutdownTimeout, needsClients: false),
            logger: log.logger,
            clock: clock,
            recorder: recorder
        )
    }

    /// Checks and plans, launches nothing.
    public func preflight() async -> FlightRecord {
        await flight.preflight()
    }

    /// Launches everything, performs `body` while it flies, and lands it.
    ///
    /// `body` is performed also when the launch failed or something is No-Go. When it throws, everything lands first.
    public func fly(_ body: (Flying) async throws -> Void = { _ in }) async throws -> FlightRecord {
        let (signals, sender) = AsyncStream<FlightSignal>.makeStream()
        async let record = flight.fly(signals: signals)
        await log.line(beginning: "STARTUP", label: "Launch")
        let flying = Flying(harness: self, sender: sender)
        do {
            try await body(flying)
        } catch {
            sender.yield(.terminate)
            _ = await record
            throw error
        }
        sender.yield(.terminate)
        return await record
    }

    /// What a test may do while its subsystem flies.
    public struct Flying: Sendable {
        fileprivate let harness: SubsystemHarness
        fileprivate let sender: AsyncStream<FlightSignal>.Continuation

        /// Waits until `READY FOR REQUESTS` is said.
        public func ready() async {
            await harness.log.line(beginning: "READY FOR REQUESTS", label: "Host")
        }

        /// Sends a signal.
        public func send(_ signal: FlightSignal) {
            sender.yield(signal)
        }

        /// Reloads with the text of a changed configuration, and waits for the end of it.
        ///
        /// - Returns: The lines of the report, which begins with `RELOAD COMPLETE` or `RELOAD REFUSED`.
        public func reload(_ configuration: String) async -> [String] {
            let start = harness.log.entries.count
            harness.nextConfiguration.put(configuration)
            sender.yield(.reload)
            let report = await harness.log.entry(from: start) { $0.label == "Host" && $0.message.hasPrefix("RELOAD ") }
            return report?.lines ?? []
        }
    }
}

/// The text that the next reload is to read.
private final class NextConfiguration: Sendable {
    private let text = Mutex("{}")

    func put(_ text: String) {
        self.text.withLock { $0 = text }
    }

    func take() throws -> ConfigurationDocument {
        try Self.parse(text.withLock { $0 })
    }

    static func parse(_ text: String) throws(ConfigurationFaults) -> ConfigurationDocument {
        try ConfigurationDocument(parsing: Array(text.utf8), file: "test.json", files: .builtIn([:]), environment: [:])
    }
}
