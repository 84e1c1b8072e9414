import DatabaseSubsystem
import HydrogenCore
import Synchronization

/// Runs requests of one kind, those of many callers by one statement. ``FusingStateMachine`` decides; this class acts.
final class RequestFuser<Request: Sendable, Answer: Sendable>: Sendable {
    /// Runs one statement for some requests; it has one answer for each, in order.
    typealias Run = @Sendable ([Request], @escaping @Sendable (Result<[Answer], DatabaseError>) -> Void) -> Void

    private typealias Completion = CheckedContinuation<Result<Answer, DatabaseError>, Never>

    private struct State {
        var machine: FusingStateMachine<Request>
        var completions: [UInt64: Completion] = [:]
    }

    private let state: Mutex<State>
    private let clock: any MonotonicClock
    private let run: Run
    private let record: @Sendable (Duration) -> Void
    private let isWorthRepeating: @Sendable (DatabaseError) -> Bool

    /// - Parameters:
    ///   - record: Takes how long a statement was under way.
    ///   - isWorthRepeating: Whether a statement that failed was undone as a whole, and may be done when it is tried again at once.
    init(
        _ machine: FusingStateMachine<Request>,
        clock: any MonotonicClock,
        record: @escaping @Sendable (Duration) -> Void,
        isWorthRepeating: @escaping @Sendable (DatabaseError) -> Bool,
        run: @escaping Run
    ) {
        self.record = record
        self.isWorthRepeating = isWorthRepeating
        state = Mutex(State(machine: machine))
        self.clock = clock
        self.run = run
    }

    /// How many requests wait, and how many statements may run.
    var load: (waiting: Int, limit: Int) { state.withLock { ($0.machine.depth, $0.machine.statementLimit) } }

    /// Runs a request and waits for its answer. One that has not begun when the task is cancelled is not run.
    func answer(to request: Request) async throws(DatabaseError) -> Answer {
        let number = Mutex<UInt64?>(nil)
        let result: Result<Answer, DatabaseError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !Task.isCancelled else { return continuation.resume(returning: .failure(.callerLeft)) }
                let batch = state.withLock { state in
                    let (own, batch) = state.machine.submit(request)
                    state.completions[own] = continuation
                    number.withLock { $0 = own }
                    return batch
                }
                start(batch)
                // The handler below may have run before there was a number.
                if Task.isCancelled { withdraw(number.withLock { $0 }) }
            }
        } onCancel: {
            withdraw(number.withLock { $0 })
        }
        return try result.get()
    }

    private func withdraw(_ number: UInt64?) {
        guard let number else { return }
        let completion = state.withLock { state in
            state.machine.withdraw(number) ? state.completions.removeValue(forKey: number) : nil
        }
        completion?.resume(returning: .failure(.callerLeft))
    }

    private func start(_ batch: [FusingStateMachine<Request>.Entry]) {
        guard !batch.isEmpty else { return }
        let began = clock.now
        answers(to: batch.map(\.request)[...]) { [self] answers in
            let now = clock.now
            record(began.duration(to: now))
            let isAnswered = answers.contains { if case .success = $0 { true } else { false } }
            let (completions, next) = state.withLock { state in
                (
                    batch.map { state.completions.removeValue(forKey: $0.number) },
                    state.machine.ended(batch, after: isAnswered ? began.duration(to: now) : nil, now: now)
                )
            }
            // The next statement is on its way before anybody looks at the answers of this one.
            start(next)
            for (completion, answer) in zip(completions, answers) { completion?.resume(returning: answer) }
        }
    }

    /// Runs requests by one statement. When the database refuses it, perhaps only one of them is at fault: the others are not to
    /// suffer for it, so each half runs by itself.
    private func answers(
        to requests: ArraySlice<Request>,
        attempt: Int = 1,
        completion: @escaping @Sendable ([Result<Answer, DatabaseError>]) -> Void
    ) {
        run(Array(requests)) { [self] result in
            switch result {
            case .failure(let error) where attempt < QueueStore.mostAttempts && isWorthRepeating(error):
                answers(to: requests, attempt: attempt + 1, completion: completion)
            case .failure(let error) where error.code == .refused && requests.count > 1:
                let middle = requests.startIndex + requests.count / 2
                answers(to: requests[..<middle]) { [self] first in
                    answers(to: requests[middle...]) { completion(first + $0) }
                }
            case .failure(let error): completion(requests.map { _ in .failure(error) })
            case .success(let answers):
                completion(
                    requests.indices.map { index in
                        let index = index - requests.startIndex
                        return answers.indices.contains(index) ? .success(answers[index]) : .failure(.short)
                    }
                )
            }
        }
    }
}

extension DatabaseError {
    /// For a request whose caller did not wait.
    fileprivate static let callerLeft = DatabaseError(.cancelled, "the caller left before the request was begun")
    /// For a statement that answered less than it was asked.
    fileprivate static let short = DatabaseError(.refused, "the database gave fewer answers than there were requests")
}
