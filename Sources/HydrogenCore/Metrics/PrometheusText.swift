/// Renders metrics in Prometheus' text format.
///
/// Source: Prometheus, "Exposition formats", text format 0.0.4.
enum PrometheusText {
    /// The lines of all families, in the order given, the series of each in the order of their labels.
    static func render(_ families: [Exposition.Family]) -> String {
        var text = ""
        for family in families {
            text += "# HELP \(family.name) \(escaped(family.help, quoted: false))\n"
            text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
            for (labels, value) in family.values.sorted(by: { $0.key < $1.key }) {
                append(family.name, labels, value, to: &text)
            }
        }
        return text
    }

    private static func append(_ name: String, _ labels: MetricLabels, _ value: MetricValue, to text: inout String) {
        let shown = labels.pairs.map { "\($0.name)=\"\(escaped($0.value, quoted: true))\"" }
        switch value {
        case .number(let number):
            text += "\(name)\(braced(shown)) \(format(number))\n"
        case .distribution(let counts, let bounds, let sum):
            var total = 0
            for (count, bound) in zip(counts, bounds + [.infinity]) {
                total += count
                text += "\(name)_bucket\(braced(shown + ["le=\"\(format(bound))\""])) \(total)\n"
            }
            text += "\(name)_sum\(braced(shown)) \(format(sum))\n"
            text += "\(name)_count\(braced(shown)) \(total)\n"
        }
    }

    private static func braced(_ labels: [String]) -> String {
        labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
    }

    /// Whole numbers without a point; others in the shortest form that reads back the same.
    static func format(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: number).map { String($0) } ?? number.description
    }

    private static func escaped(_ text: String, quoted: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += #"\\"#
            case "\n": escaped += #"\n"#
            case "\"" where quoted: escaped += #"\""#
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
