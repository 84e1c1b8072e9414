/// A strict reader of Prometheus' text format 0.0.4, for tests: what a scraper would refuse is an error.
struct PrometheusPage {
    /// One line with a value.
    struct Sample {
        let name: String
        let labels: [String: String]
        let value: Double
    }

    /// One family: its `# HELP` and `# TYPE` lines and what follows them.
    struct Family {
        let name: String
        let help: String
        let type: String
        var samples: [Sample] = []
    }

    /// Why a page is refused, with the line.
    struct Refused: Error, CustomStringConvertible {
        let description: String
    }

    private(set) var families: [Family] = []

    /// Reads a page and checks what a scraper relies on.
    init(_ text: String) throws {
        guard text.isEmpty || text.hasSuffix("\n") else { throw Refused(description: "no line feed at the end") }
        var help: (name: String, text: String)?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if line.hasPrefix("# HELP ") {
                let parts = line.dropFirst(7).split(separator: " ", maxSplits: 1)
                guard parts.count == 2, help == nil else { throw Refused(description: "HELP: \(line)") }
                help = (String(parts[0]), String(parts[1]))
            } else if line.hasPrefix("# TYPE ") {
                try open(line, help)
                help = nil
            } else {
                try add(Self.sample(line), line)
            }
        }
        for family in families { try Self.check(family) }
    }

    /// The value of the one sample with this name and these labels.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let found = samples(name).filter { $0.labels == labels }
        return found.count == 1 ? found[0].value : nil
    }

    /// All samples with this name.
    func samples(_ name: String) -> [Sample] {
        families.flatMap(\.samples).filter { $0.name == name }
    }

    /// The family of this name.
    func family(_ name: String) -> Family? {
        families.first { $0.name == name }
    }

    private mutating func open(_ line: Substring, _ help: (name: String, text: String)?) throws {
        let parts = line.dropFirst(7).split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let help, help.name == parts[0],
            parts[0].wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) != nil,
            ["counter", "gauge", "histogram"].contains(parts[1]), family(help.name) == nil
        else { throw Refused(description: "TYPE: \(line)") }
        families.append(Family(name: help.name, help: help.text, type: String(parts[1])))
    }

    private mutating func add(_ sample: Sample, _ line: Substring) throws {
        guard let family = families.last else { throw Refused(description: "sample before its TYPE: \(line)") }
        let suffixes = family.type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard suffixes.contains(where: { family.name + $0 == sample.name }) else {
            throw Refused(description: "sample of another family: \(line)")
        }
        guard !family.samples.contains(where: { $0.name == sample.name && $0.labels == sample.labels }) else {
            throw Refused(description: "sample twice: \(line)")
        }
        families[families.count - 1].samples.append(sample)
    }

    private static func sample(_ line: Substring) throws -> Sample {
        guard let match = line.wholeMatch(of: /([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? (\S+)/),
            let value = number(match.3)
        else { throw Refused(description: "sample: \(line)") }
        let labels = try match.2.map { try Self.labels($0.dropFirst().dropLast(), line) } ?? [:]
        return Sample(name: String(match.1), labels: labels, value: value)
    }

    private static func number(_ text: Substring) -> Double? {
        switch text {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case "NaN": .nan
        default: text.wholeMatch(of: /-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?/) == nil ? nil : Double(text)
        }
    }

    private static func labels(_ text: Substring, _ line: Substring) throws -> [String: String] {
        var labels: [String: String] = [:]
        var rest = text
        while let match = rest.prefixMatch(of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(,|$)/) {
            guard labels.updateValue(unescaped(match.2), forKey: String(match.1)) == nil else { break }
            rest = rest[match.range.upperBound...]
        }
        guard rest.isEmpty, !labels.isEmpty else { throw Refused(description: "labels: \(line)") }
        return labels
    }

    private static func unescaped(_ text: Substring) -> String {
        var plain = ""
        var isEscaped = false
        for character in text {
            switch (isEscaped, character) {
            case (false, "\\"): isEscaped = true
            case (true, "n"):
                plain.append("\n")
                isEscaped = false
            default:
                plain.append(character)
                isEscaped = false
            }
        }
        return plain
    }

    private static func check(_ family: Family) throws {
        guard !family.samples.isEmpty else { throw Refused(description: "no sample: \(family.name)") }
        if family.type == "counter" {
            let isSound = family.name.hasSuffix("_total") && family.samples.allSatisfy { $0.value >= 0 }
            guard isSound else { throw Refused(description: "counter: \(family.name)") }
        }
        guard family.type == "histogram" else { return }
        let groups = Dictionary(grouping: family.samples) { $0.labels.filter { $0.key != "le" } }
        for (labels, samples) in groups { try checkHistogram(family.name, labels, samples) }
    }

    private static func checkHistogram(_ name: String, _ labels: [String: String], _ samples: [Sample]) throws {
        let buckets = samples.filter { $0.name == name + "_bucket" }
        let bounds = buckets.compactMap { $0.labels["le"].flatMap { number($0[...]) } }
        let counts = buckets.map(\.value)
        let total = samples.first { $0.name == name + "_count" }?.value
        guard bounds.count == buckets.count, bounds == bounds.sorted(), bounds.last == .infinity,
            counts == counts.sorted(), counts.last == total, samples.contains(where: { $0.name == name + "_sum" })
        else { throw Refused(description: "histogram: \(name) \(labels)") }
    }
}
