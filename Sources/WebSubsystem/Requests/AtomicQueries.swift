import DatabaseSubsystem

/// The queries of a batch that are one transaction: all of them take effect, or none.
struct AtomicQueries: Sendable {
    private let batch: QueryBatch

    init(_ batch: QueryBatch) {
        self.batch = batch
    }

    /// Runs them, unless one is at fault; returns the answer of each, or why it has no effect.
    ///
    /// When the client leaves or the landing stops it, the batch is taken back or interrupted.
    func run(for client: ClientPresence) async -> [Result<Answer, WebError>] {
        var calls: [QueryCall] = []
        var faults: [Int: WebError] = [:]
        for (index, query) in batch.queries.enumerated() {
            switch query {
            case .success(let call): calls.append(call)
            case .failure(let error): faults[index] = error
            }
        }
        guard faults.isEmpty else { return failed(faults) }
        do throws(Database.AtomicFailure) {
            let answers = try await answers(to: calls, for: client)
            return zip(answers, calls).map { .success(Answer($0, to: $1)) }
        } catch {
            guard let step = error.failedStep else {
                // It was no query's fault: each has the reason.
                return calls.map { .failure(WebError(error.error, of: $0)) }
            }
            return failed([step: WebError(error.error, of: calls[step])])
        }
    }

    private func answers(
        to calls: [QueryCall],
        for client: ClientPresence
    ) async throws(Database.AtomicFailure) -> [QueryAnswer] {
        let limit = calls.map(\.timeLimit).max() ?? .zero
        let result: Result<[QueryAnswer], Database.AtomicFailure> = await withCheckedContinuation { waiting in
            let ticket = batch.database.submitAtomically(calls.map { ($0.query, $0.values) }, timeLimit: limit) {
                waiting.resume(returning: $0)
            }
            client.whenGone { ticket.cancel() }
        }
        return try result.get()
    }

    /// What is at fault has its fault, and the others have none of theirs.
    private func failed(_ faults: [Int: WebError]) -> [Result<Answer, WebError>] {
        let first = faults.keys.min() ?? 0
        let rolledBack = WebError(
            .rolledBack,
            "the batch is atomic, and its query at index \(first) failed: this one has no effect"
        )
        return batch.queries.indices.map { .failure(faults[$0] ?? rolledBack) }
    }
}
