import Logging
import Synchronization

/// The level that the loggers of one label share; it changes under them while they are in use.
///
/// Reading it is one relaxed load: a disabled log call costs no more than that and the call of its handler.
final class LogThreshold: Sendable {
    private let number: Atomic<Int>

    /// A threshold that stands at `level`.
    init(_ level: LogLevel) {
        self.number = Atomic(level.rawValue)
    }

    /// The least grave level that passes.
    var level: LogLevel {
        get { LogLevel(rawValue: number.load(ordering: .relaxed)) ?? .state }
        set { number.store(newValue.rawValue, ordering: .relaxed) }
    }
}
