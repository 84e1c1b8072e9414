/// The upper bounds of a histogram's buckets, each included; a last bucket without bound is always added.
public struct HistogramBuckets: Sendable, Hashable {
    /// The bounds, ascending.
    public let bounds: [Double]

    /// Buckets with these bounds: finite, ascending, none twice.
    ///
    /// Anything else is a bug and stops the process.
    public init(_ bounds: [Double]) {
        precondition(bounds.allSatisfy(\.isFinite), "the bounds of buckets are finite")
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "the bounds of buckets ascend")
        self.bounds = bounds
    }

    /// From 100 µs to 60 s in steps of about 2.5, in seconds: the default of timers.
    public static let durations = HistogramBuckets([
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ])

    /// From 1 to a billion in steps of 10, for bytes and rows: the default of recorders.
    public static let quantities = HistogramBuckets([1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9])

    /// Which bucket a value belongs to: `bounds.count` stands for the one without bound.
    func index(of value: Double) -> Int {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
