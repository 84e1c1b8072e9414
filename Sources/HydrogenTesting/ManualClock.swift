public import HydrogenCore
import Synchronization

/// A clock that stands still until a test advances it.
public final class ManualClock: MonotonicClock {
    /// Durations are those of every clock.
    public typealias Duration = Swift.Duration
    /// Instants are those of `ContinuousClock`, as `MonotonicClock` asks.
    public typealias Instant = ContinuousClock.Instant

    private struct Sleeper {
        let deadline: Instant
        let continuation: CheckedContinuation<Bool, Never>
    }

    /// Waits for a certain look of the sleepers, given how long each still sleeps.
    private struct Watcher {
        let matches: @Sendable ([Duration]) -> Bool
        let arrived: Gate
    }

    private struct State {
        var now: Instant
        var sleepers: [Int: Sleeper] = [:]
        var sleepersEver = 0
        var watchers: [Watcher] = []

        var distances: [Duration] { sleepers.values.map { now.duration(to: $0.deadline) } }
    }

    private let state: Mutex<State>

    /// A clock that stands at `now`.
    public init(now: Instant = ContinuousClock.now) {
        self.state = Mutex(State(now: now))
    }

    /// Where the clock stands.
    public var now: Instant { state.withLock { $0.now } }

    /// One nanosecond: deadlines are met exactly.
    public var minimumResolution: Duration { .nanoseconds(1) }

    /// How many tasks sleep.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Sleeps until the clock has been advanced to `deadline`; tolerance is not made use of.
    ///
    /// - Throws: `CancellationError` when the sleeping task is cancelled first.
    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let ticket = state.withLock { state in
            state.sleepersEver += 1
            return state.sleepersEver
        }
        let isOver = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                add(Sleeper(deadline: deadline, continuation: continuation), ticket: ticket)
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: ticket) }?.continuation.resume(returning: false)
        }
        if !isOver { throw CancellationError() }
    }

    /// Advances, and wakes those whose deadline has come: the earliest first, among equals who slept first.
    public func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for ticket in due.keys { state.sleepers[ticket] = nil }
            return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }
        }
        for (_, sleeper) in woken { sleeper.continuation.resume(returning: true) }
    }

    /// Waits until at least `count` tasks sleep.
    public func sleepers(_ count: Int = 1) async {
        await sleepers { $0.count >= count }
    }

    /// Waits until a task sleeps, and advances to the earliest deadline. Returns how far that was.
    @discardableResult
    public func advanceToNextSleeper() async -> Duration {
        await sleepers()
        let distance = state.withLock { $0.distances.min() ?? .zero }
        advance(by: max(.zero, distance))
        return distance
    }

    /// Waits until a task sleeps for exactly `duration` still, and advances by it: one of several sleeps is waited for.
    public func advanceSleeper(of duration: Duration) async {
        await sleepers { $0.contains(duration) }
        advance(by: duration)
    }

    private func sleepers(_ matches: @escaping @Sendable ([Duration]) -> Bool) async {
        let arrived = Gate()
        let isThere = state.withLock { state in
            if matches(state.distances) { return true }
            state.watchers.append(Watcher(matches: matches, arrived: arrived))
            return false
        }
        if !isThere { try? await arrived.wait() }
    }

    private func add(_ sleeper: Sleeper, ticket: Int) {
        let (immediate, arrived): (Bool?, [Gate]) = state.withLock { state in
            if sleeper.deadline <= state.now { return (true, []) }
            if Task.isCancelled { return (false, []) }
            state.sleepers[ticket] = sleeper
            let distances = state.distances
            let arrived = state.watchers.filter { $0.matches(distances) }.map(\.arrived)
            state.watchers.removeAll { $0.matches(distances) }
            return (nil, arrived)
        }
        if let immediate { sleeper.continuation.resume(returning: immediate) }
        for gate in arrived { gate.open() }
    }
}
