/// A metric whose values are asked for when the exposition is.
public struct CollectedMetric: Sendable {
    /// One value with its labels.
    public struct Sample: Sendable {
        /// Names with values.
        public let labels: [(String, String)]
        /// The value.
        public let value: Double

        /// A value.
        public init(_ value: Double, labels: [(String, String)] = []) {
            self.labels = labels
            self.value = value
        }
    }

    /// The label of the metric, in the form of swift-metrics: `hydrogen.database.queue.depth`.
    public let label: String
    /// `counter` or `gauge`.
    public let kind: MetricKind
    /// What moves the metric, with its unit; `nil` for the text of its ``MetricDescription``.
    public let help: String?
    /// The values, each set of labels once.
    public let samples: [Sample]

    /// A metric that goes up and down.
    public static func gauge(_ label: String, help: String? = nil, samples: [Sample]) -> CollectedMetric {
        CollectedMetric(label: label, kind: .gauge, help: help, samples: samples)
    }

    /// A metric that only grows.
    public static func counter(_ label: String, help: String? = nil, samples: [Sample]) -> CollectedMetric {
        CollectedMetric(label: label, kind: .counter, help: help, samples: samples)
    }
}
