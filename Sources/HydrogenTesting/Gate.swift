import HydrogenCore

/// Holds tasks up until a test opens it. It opens once and stays open.
public final class Gate: Sendable {
    private let latch = Latch()

    /// A closed gate.
    public init() {}

    /// Lets all pass who wait and will wait.
    public func open() {
        latch.open()
    }

    /// Waits until the gate is open.
    ///
    /// - Throws: `CancellationError` when the waiting task is cancelled first.
    public func wait() async throws {
        await latch.wait()
        if !latch.isOpen { throw CancellationError() }
    }

    /// Waits until the gate is open, as code does that knows nothing of cancellation.
    public func waitThroughCancellation() async {
        await latch.waitThroughCancellation()
    }
}
