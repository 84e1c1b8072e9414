/// What the operator may ask of a flight.
public enum FlightSignal: String, Sendable, Hashable, CaseIterable {
    /// Land; the second time, land at once.
    case terminate = "SIGTERM"
    /// The same, from the keyboard.
    case interrupt = "SIGINT"
    /// Read the configuration again and put it in use.
    case reload = "SIGHUP"
    /// Write the effective configuration to the log, secrets masked.
    case dump = "SIGUSR2"
}
