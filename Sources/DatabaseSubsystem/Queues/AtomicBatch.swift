import Synchronization

/// Several statements that take effect together, in one transaction, or not at all: what one ``QueuedQuery`` stands for.
package final class AtomicBatch: Sendable {
    /// One of the statements.
    package struct Step: Sendable {
        /// What to run.
        let statement: EngineStatement
        /// The values of its parameters.
        let values: [ParameterValue]
        /// Whether it only reads.
        let isReadOnly: Bool
        /// How its result is written.
        let form: ResultForm
    }

    private struct Progress {
        var results: [QueryRows] = []
        var failedStep: Int?
    }

    /// The statements, in order.
    package let steps: [Step]
    private let progress = Mutex(Progress())

    /// A batch of at least one statement.
    package init(_ steps: [Step]) {
        self.steps = steps
    }

    /// Whether no statement writes.
    var isReadOnly: Bool { steps.allSatisfy(\.isReadOnly) }

    /// What the statements returned, as far as they were run.
    package var results: [QueryRows] { progress.withLock { $0.results } }

    /// The index of the statement that failed; `nil` when none did, or the transaction as a whole.
    package var failedStep: Int? { progress.withLock { $0.failedStep } }

    /// The batch is run, perhaps once more.
    func begin() {
        progress.withLock { $0 = Progress() }
    }

    /// A statement has returned its rows.
    func append(_ rows: QueryRows) {
        progress.withLock { $0.results.append(rows) }
    }

    /// A statement has failed, and with it the batch.
    func failed(at step: Int) {
        progress.withLock { $0.failedStep = step }
    }
}

extension AtomicBatch.Step {
    /// The one statement of a query that is no batch.
    init(_ query: QueuedQuery) {
        self.init(statement: query.statement, values: query.values, isReadOnly: query.isReadOnly, form: query.form)
    }
}
