import Synchronization

/// A fixed number of counters that any thread increments without a lock.
struct AtomicCounts: ~Copyable, Sendable {
    // `Atomic` cannot be copied and so cannot stand in an array: the memory is owned here and freed in `deinit`. It is
    // initialised before anyone sees this value and only touched by atomic operations afterwards, hence it is Sendable.
    private nonisolated(unsafe) let memory: UnsafeMutableBufferPointer<Atomic<Int>>

    /// Counters that stand at 0.
    init(count: Int) {
        self.memory = .allocate(capacity: count)
        for index in 0..<count { memory.initializeElement(at: index, to: Atomic(0)) }
    }

    deinit {
        memory.deinitialize()
        memory.deallocate()
    }

    /// Adds one to a counter.
    func increment(_ index: Int) {
        memory[index].wrappingAdd(1, ordering: .relaxed)
    }

    /// The counters now.
    var values: [Int] {
        memory.indices.map { memory[$0].load(ordering: .relaxed) }
    }
}
