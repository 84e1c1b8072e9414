import Synchronization

/// What was doubted of one database's contracts and not looked at yet: raised from any thread, taken by one task.
final class ContractDoubts: Sendable {
    /// An element for doubts that were raised since the last one.
    let signals: AsyncStream<Void>

    private let signal: AsyncStream<Void>.Continuation
    private let raised = Mutex<Set<ContractDoubt>>([])

    /// No doubts.
    init() {
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Asks for a look at the schema, or at every query.
    func raise(_ doubt: ContractDoubt) {
        raised.withLock { _ = $0.insert(doubt) }
        signal.yield()
    }

    /// What was raised since the last call.
    ///
    /// - Parameter left: What is not looked at yet, and stays.
    func take(leaving left: Set<ContractDoubt> = []) -> Set<ContractDoubt> {
        raised.withLock { raised in
            defer { raised.formIntersection(left) }
            return raised.subtracting(left)
        }
    }
}
