import Synchronization

/// The moment at which the operator, or the host itself, asks for something: to land, or to land at once.
package typealias Interruption = OneShot<ContinuousClock.Instant>

/// A value that comes once, and that any number of tasks may wait for.
package final class OneShot<Value: Sendable>: Sendable {
    private let arrival = Latch()
    private let content = Mutex<Value?>(nil)

    /// A value that has not come yet.
    package init() {}

    /// Gives the value to all who wait and will wait. Again: no effect.
    package func fulfil(_ value: Value) {
        content.withLock { content in
            if content == nil { content = value }
        }
        arrival.open()
    }

    /// The value, if it has come.
    package var current: Value? { content.withLock { $0 } }

    /// Waits for the value; `nil` when the waiting task is cancelled first.
    package func value() async -> Value? {
        await arrival.wait()
        return current
    }
}
