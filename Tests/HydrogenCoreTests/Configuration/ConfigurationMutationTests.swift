import HydrogenCore
import Testing

/// Ten thousand seeded mutations of a full configuration: half of its tree, half of its bytes.
@Suite("A mutated configuration")
struct ConfigurationMutationTests {
    /// What became of the mutations.
    private struct Tally: CustomStringConvertible {
        var accepted = 0
        var rejected = 0
        var named = 0
        var slowest = Duration.zero

        var description: String { "\(accepted) accepted, \(rejected) rejected, \(named) named, slowest \(slowest)" }
    }

    private let original = Array(SampleConfiguration.text.utf8)

    @Test("of the tree is accepted, or refused with a place and the path of the mutated key", arguments: [20_261_122])
    func structured(seed: UInt64) throws {
        var dice = SeededGenerator(seed: seed)
        let root = try JSONParser(options: .configuration).parse(original)
        var tally = Tally()
        var done = 0
        while done < 5000 {
            let kind = StructuredMutation.Kind.allCases[done % StructuredMutation.Kind.allCases.count]
            guard let mutation = StructuredMutation(of: root, kind: kind, dice: &dice) else { continue }
            done += 1
            let faults = judge(Array(mutation.text.utf8), seed: seed, number: done, &tally)
            if !faults.isEmpty, names(mutation.key, faults) { tally.named += 1 }
            if kind == .duplicate || (kind == .rename && !SampleConfiguration.freeKeys.contains(mutation.originalKey)) {
                #expect(!faults.isEmpty, "seed \(seed), mutation \(done): \(kind) of \(mutation.key) was accepted")
            }
        }
        #expect(tally.accepted > 100 && tally.rejected > 3000, "seed \(seed): \(tally)")
        #expect(tally.named * 100 >= tally.rejected * 99, "seed \(seed): \(tally)")
    }

    @Test("of the bytes is accepted, or refused with a place", arguments: [31_337])
    func bytes(seed: UInt64) {
        var dice = SeededGenerator(seed: seed)
        var tally = Tally()
        for number in 0..<5000 {
            var text = original
            for _ in 0..<(1 + number % 3) {
                let kind = ByteMutation.allCases[number % ByteMutation.allCases.count]
                if !text.isEmpty { text = kind.apply(to: text, dice: &dice) }
            }
            _ = judge(text, seed: seed, number: number, &tally)
        }
        #expect(tally.accepted > 100 && tally.rejected > 1000, "seed \(seed): \(tally)")
    }

    /// Decodes a text, checks what must hold of every outcome, and answers with the faults.
    private func judge(_ text: [UInt8], seed: UInt64, number: Int, _ tally: inout Tally) -> [ConfigurationFault] {
        var shown = ""
        var faults: [ConfigurationFault] = []
        let elapsed = ContinuousClock().measure {
            (shown, faults) = outcome(of: text)
        }
        tally.slowest = max(tally.slowest, elapsed)
        if faults.isEmpty { tally.accepted += 1 } else { tally.rejected += 1 }
        let place: Comment = "seed \(seed), mutation \(number): \(faults)"
        #expect(elapsed < .seconds(1), place)
        #expect(!shown.contains(SampleConfiguration.canary), place)
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).count
        for fault in faults {
            #expect(fault.line > 0 && fault.column > 0 && fault.line <= lines, place)
            #expect(!fault.expected.isEmpty && !fault.got.isEmpty, place)
            #expect(!fault.path.isEmpty || faults.count == 1, place)
        }
        return faults
    }

    /// Whatever an operator would see, and the faults.
    private func outcome(of text: [UInt8]) -> (shown: String, faults: [ConfigurationFault]) {
        do throws(ConfigurationFaults) {
            let decoded = try SampleConfiguration.document(bytes: text).decode(SampleConfiguration.init)
            let dump = ConfigurationDump(decoded.effective)
            return (dump.text + dump.json + "\(decoded.value.connections.map(\.pass))", [])
        } catch {
            return (error.description, error.faults)
        }
    }

    /// Whether one of the faults tells which key is at fault; too deep a nesting is told by its place.
    private func names(_ key: String, _ faults: [ConfigurationFault]) -> Bool {
        faults.contains { fault in
            fault.path.contains(key) || fault.path.contains(key.jsonQuoted) || fault.got.contains(key)
                || fault.expected.contains("inside each other")
        }
    }
}
