/// The names of one metric in the exposition, from the label that code gives it.
///
/// `db.client.operation.duration`, timed, is `db_client_operation_duration_seconds`; `hydrogen.cache.hits`, counted, is
/// `hydrogen_cache_hits_total`. Source: Prometheus, "Data model" and "Metric and label naming".
struct MetricName: Sendable, Hashable {
    /// The name of the family.
    let text: String
    /// The names that its samples bear: no other family may use them.
    let sampleNames: [String]

    /// The name of a metric.
    ///
    /// - Parameters:
    ///   - label: The label that code gives the metric.
    ///   - kind: What its values mean.
    ///   - isTimed: Whether the values are seconds; the name then says so.
    init(label: String, kind: MetricKind, isTimed: Bool = false) {
        var text = Self.sanitized(label, allowing: ":")
        if isTimed { text = Self.ending(text, "_seconds") }
        if kind == .counter { text = Self.ending(text, "_total") }
        self.text = text
        switch kind {
        case .counter, .gauge: self.sampleNames = [text]
        case .histogram: self.sampleNames = [text] + ["_bucket", "_sum", "_count"].map { text + $0 }
        }
    }

    /// A name of letters, digits and underscores that does not begin with a digit; never empty.
    static func sanitized(_ name: String, allowing extra: Unicode.Scalar? = nil) -> String {
        var text = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_", extra: text.unicodeScalars.append(scalar)
            case "0"..."9":
                if text.isEmpty { text = "_" }
                text.unicodeScalars.append(scalar)
            default: text.append("_")
            }
        }
        return text.isEmpty ? "_" : text
    }

    private static func ending(_ text: String, _ suffix: String) -> String {
        text.hasSuffix(suffix) ? text : text + suffix
    }
}
