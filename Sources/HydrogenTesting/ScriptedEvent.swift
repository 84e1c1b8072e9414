/// What a ``ScriptedSubsystem`` has just done.
public struct ScriptedEvent: Sendable, Hashable, CustomStringConvertible {
    /// The moments of a subsystem's life.
    public enum Moment: String, Sendable, Hashable {
        /// The readiness check began.
        case checked
        /// `launch` began.
        case launching
        /// `launch` returned.
        case launched
        /// `launch` threw.
        case launchFailed
        /// `becomeReady` began.
        case becomingReady
        /// `becomeReady` returned.
        case ready
        /// The landing check began.
        case landingChecked
        /// `land` began.
        case landing
        /// `land` returned.
        case landed
        /// `land` threw.
        case landingFailed
        /// `prepareReload` began.
        case reloadPreparing
        /// `prepareReload` returned.
        case reloadPrepared
        /// The prepared reload was put in use.
        case reloadApplied
        /// The background work began.
        case working
        /// The background work ended.
        case workEnded
    }

    /// The subsystem's name.
    public let subsystem: String
    /// What happened.
    public let moment: Moment

    /// The event `moment` of `subsystem`.
    public init(_ subsystem: String, _ moment: Moment) {
        self.subsystem = subsystem
        self.moment = moment
    }

    public var description: String { "\(subsystem) \(moment.rawValue)" }
}
