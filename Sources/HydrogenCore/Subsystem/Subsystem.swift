/// A unit that the host launches and lands: Logging, Database, WebServer, or one of your own.
///
/// The host calls a subsystem in this order, each call at most once for a flight and never two at once:
/// every check of ``readinessChecks``, ``launch(_:)``, ``landingChecks``, ``land(_:)``. What launched is always landed,
/// also when the flight ends early. A subsystem whose `launch` threw is not landed: it must have undone what it began.
public protocol Subsystem: Sendable {
    /// Unique among the subsystems of one host.
    var name: SubsystemName { get }

    /// The subsystems that must be running before this one launches, and that land after it.
    ///
    /// A name that no subsystem has makes this one No-Go; a cycle is refused as a configuration fault.
    var dependencies: [SubsystemName] { get }

    /// Whether the host is of use to anyone when this subsystem runs.
    ///
    /// A launch after which no such subsystem runs has failed. Default: `false`.
    var servesClients: Bool { get }

    /// What must hold before launch, in the order in which it is checked and reported.
    var readinessChecks: [ReadinessCheck] { get }

    /// What can be proven before launch at a higher price: connecting, preparing. Performed by a preflight only, after
    /// ``readinessChecks``. It must leave everything as it was. Default: none.
    var preflightChecks: [ReadinessCheck] { get }

    /// Starts the subsystem. Returns when its dependents may use it.
    ///
    /// Work that goes on after the return belongs in ``LaunchContext/keepRunning(_:_:)``. On cancellation, undo and throw.
    /// - Throws: Any error; its description is shown to the operator, so it says what failed, on what, and how to mend it.
    func launch(_ context: LaunchContext) async throws

    /// Waits until the subsystem serves at full strength: `READY FOR REQUESTS` is logged when all have returned.
    ///
    /// Cancelled when landing begins first. Default: returns at once.
    func becomeReady() async

    /// Facts for the startup report, asked once after launch: services with their addresses, counts.
    var startupFacts: [StartupFact] { get }

    /// What an operator should know before landing begins, in order. A No-Go here is a warning: landing goes on. Default: none.
    var landingChecks: [ReadinessCheck] { get }

    /// Ends the subsystem: takes no more work, finishes what runs, frees everything.
    ///
    /// When the task is cancelled, the budget is spent or the operator asked twice: stop waiting, cancel what runs, still free
    /// everything and return soon. A subsystem that does not return in time is reported as abandoned.
    func land(_ context: LandingContext) async throws -> LandingTally

    /// Builds what a changed configuration asks for, and returns how to put it in use.
    ///
    /// All subsystems prepare before any applies; one error keeps everything as it was.
    /// - Throws: Any error; its description is shown to the operator.
    func prepareReload(_ configuration: ConfigurationDocument) async throws -> Reload
}

extension Subsystem {
    public var servesClients: Bool { false }
    public var preflightChecks: [ReadinessCheck] { [] }
    public var startupFacts: [StartupFact] { [] }
    public var landingChecks: [ReadinessCheck] { [] }
    public func becomeReady() async {}
    public func prepareReload(_ configuration: ConfigurationDocument) async throws -> Reload { .unchanged }
}

/// One line of the startup report: `WebServer running:  http://127.0.0.1:5000`.
public struct StartupFact: Sendable, Hashable, Codable {
    /// What the fact is about.
    public let title: String
    /// The fact.
    public let value: String

    public init(_ title: String, _ value: String) {
        self.title = title
        self.value = value
    }
}
