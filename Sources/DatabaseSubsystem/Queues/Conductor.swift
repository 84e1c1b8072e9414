import HydrogenCore

/// The strings by which a ``Lead`` at work is held: it can be waited for, and ended.
struct Conductor: Sendable {
    /// Opened when the first start sequence has succeeded or failed.
    let firstAttempt = Latch()

    private let end = Latch()
    private let ended = Latch()

    /// Lets the Lead work until ``stop()``, or until the task is cancelled.
    func run(_ lead: Lead) async {
        await withTaskGroup { group in
            group.addTask { await lead.run() }
            group.addTask { [end] in await end.wait() }
            await group.next()
            group.cancelAll()
        }
        firstAttempt.open()
        ended.open()
    }

    /// Ends the Lead's work and waits until it has ended.
    func stop() async {
        end.open()
        await ended.waitThroughCancellation()
    }
}
