/// What the process says about its flight when it ends.
public enum ExitCode: Int32, Sendable, Hashable, Codable, CaseIterable {
    /// All went well, also when the operator ended the flight before it had begun.
    case clean = 0
    /// The command line was not understood.
    case usage = 1
    /// The configuration has faults, or subsystems depend on each other in a circle.
    case configuration = 2
    /// A preflight found something that is No-Go.
    case preflightNoGo = 3
    /// Nothing that serves clients could be launched.
    case launchFailed = 4
    /// Landing failed, ran out of time, or left something behind.
    case landingIncomplete = 5
}
