import HydrogenCore
import Synchronization

/// Keeps the contracts of one database's queries in their file: the newest ones, written on a thread of its own.
final class ContractKeeper: Sendable {
    private struct State {
        /// What stands in the file; `nil` before anything is known of it.
        var kept: QueryContracts?
        /// Opened when the thread that writes has nothing left to write; `nil` when none does.
        var writing: Latch?
    }

    private let file: ContractFile
    private let state = Mutex(State())

    /// A keeper that has neither read nor written anything.
    init(_ file: ContractFile) {
        self.file = file
    }

    /// The contracts that stand in the file; `nil` when it cannot be read.
    func load() -> QueryContracts? {
        guard let contracts = try? file.load() else { return nil }
        state.withLock { $0.kept = contracts }
        return contracts
    }

    /// Has the contracts written if others stand in the file, and does not wait for it.
    ///
    /// - Parameters:
    ///   - newest: Tells what is to stand there; asked again after each writing, until nothing is left to write.
    ///   - onFailure: Told, on any thread, why the file could not be written.
    func keep(
        _ newest: @escaping @Sendable () -> QueryContracts,
        onFailure: @escaping @Sendable (String) -> Void
    ) {
        let begun = state.withLock { state -> Latch? in
            guard state.writing == nil, state.kept != newest() else { return nil }
            let latch = Latch()
            state.writing = latch
            return latch
        }
        guard let begun else { return }
        do throws(DatabaseError) {
            try WorkerThread.start(named: "contracts") { [self] in
                write(newest, onFailure)
                begun.open()
            }
        } catch {
            state.withLock { $0.writing = nil }
            begun.open()
            onFailure("\(file.path): \(error.message)")
        }
    }

    /// Waits until what is being written is.
    func finish() async {
        await state.withLock { $0.writing }?.waitThroughCancellation()
    }

    private func write(_ newest: @Sendable () -> QueryContracts, _ onFailure: (String) -> Void) {
        while let contracts = next(newest) {
            do {
                try file.store(contracts)
                state.withLock { $0.kept = contracts }
            } catch {
                // Before the end of the writing: who waits for that is to know.
                onFailure("\(file.path): \(error)")
                return state.withLock { $0.writing = nil }
            }
        }
    }

    /// What is to be written now. Whoever comes after `nil` begins anew.
    private func next(_ newest: () -> QueryContracts) -> QueryContracts? {
        state.withLock { state in
            let contracts = newest()
            guard state.kept != contracts else {
                state.writing = nil
                return nil
            }
            return contracts
        }
    }
}
