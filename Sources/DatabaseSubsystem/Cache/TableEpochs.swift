import Synchronization

/// How often each table has changed, as far as this process knows: what was read before a change is not served after it.
///
/// All databases of the process share one: two of them may read the same tables.
package final class TableEpochs: Sendable {
    /// The changes of one table.
    final class Epoch: Sendable {
        private let changes = Atomic<UInt64>(0)
        private let isUnseen = Atomic<Bool>(false)

        /// How many there were; it only grows.
        var value: UInt64 { changes.load(ordering: .acquiring) }

        /// Whether somebody should tell the changes, and does not at present.
        var isBlind: Bool { isUnseen.load(ordering: .acquiring) }

        fileprivate func setBlind(_ isBlind: Bool) {
            isUnseen.store(isBlind, ordering: .releasing)
        }

        fileprivate func advance() {
            changes.add(1, ordering: .releasing)
        }
    }

    private let epochs = Mutex<[String: Epoch]>([:])
    private let everything = Epoch()

    /// No table has changed.
    package init() {}

    /// What a result that was read from tables depends on: the sum of these changes when one of the tables does.
    ///
    /// - Parameter tables: Names with or without a schema; letter case does not count.
    func epochs(of tables: [String]) -> [Epoch] {
        guard !tables.isEmpty else { return [everything] }
        return epochs.withLock { epochs in
            [everything] + tables.map { Self.epoch(of: $0, in: &epochs) }
        }
    }

    private static func epoch(of table: String, in epochs: inout [String: Epoch]) -> Epoch {
        let name = table.lowercased()
        if let known = epochs[name] { return known }
        let new = Epoch()
        epochs[name] = new
        return new
    }

    /// Nobody tells the changes of these tables at present, though somebody should.
    func lost(_ tables: [String]) {
        epochs.withLock { epochs in for table in tables { Self.epoch(of: table, in: &epochs).setBlind(true) } }
    }

    /// The changes of these tables are told again, and what was missed has been told.
    func found(_ tables: [String]) {
        epochs.withLock { epochs in for table in tables { Self.epoch(of: table, in: &epochs).setBlind(false) } }
    }

    /// Tables have changed; who named one without its schema depends on it too.
    package func changed(_ tables: some Sequence<String>) {
        epochs.withLock { epochs in
            for table in tables {
                let name = table.lowercased()
                epochs[name]?.advance()
                if let dot = name.lastIndex(of: ".") { epochs[String(name[name.index(after: dot)...])]?.advance() }
            }
        }
    }

    /// Nobody knows what has changed: everything that was read before counts as old.
    package func everythingChanged() {
        everything.advance()
    }
}
