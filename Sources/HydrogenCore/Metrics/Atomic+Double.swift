import Synchronization

extension Atomic where Value == Double {
    /// Adds to the number; a thread that comes in between is never lost.
    func add(_ amount: Double) {
        var present = load(ordering: .relaxed)
        while true {
            let (exchanged, original) = weakCompareExchange(
                expected: present,
                desired: present + amount,
                ordering: .relaxed
            )
            if exchanged { return }
            present = original
        }
    }
}
