import HydrogenCore
import Testing

@testable import MessageQueueSubsystem

@Suite("Records in a segment")
struct SegmentCodecTests {
    private static func find(_ bytes: [UInt8]) -> SegmentCodec.Finding {
        bytes.withUnsafeBytes { SegmentCodec.find(in: $0) }
    }

    private static func segment(_ bodies: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, body) in bodies.enumerated() { SegmentCodec.append(body, count: index + 1, to: &bytes) }
        return bytes
    }

    @Test(
        "the checksum is that of the standard",
        arguments: [
            ("", 0), ("123456789", 0xE306_9283), ("The quick brown fox jumps over the lazy dog", 0x2262_0404),
        ]
    )
    func checksum(text: String, sum: Int) {
        let bytes = Array(text.utf8)
        #expect(Int(bytes.withUnsafeBytes { CRC32C.checksum($0) }) == sum)
        for cut in bytes.indices {
            let first = bytes[..<cut].withUnsafeBytes { CRC32C.checksum($0) }
            #expect(Int(bytes[cut...].withUnsafeBytes { CRC32C.checksum($0, after: first) }) == sum)
        }
    }

    @Test("what was written is found, with its counts", arguments: [[], [0], [5, 0, 300], [16, 16]])
    func whole(lengths: [Int]) {
        let bodies = lengths.map { [UInt8](repeating: 65, count: $0) }
        let bytes = Self.segment(bodies)
        let finding = Self.find(bytes)
        #expect(finding.records.map { Array(bytes[$0.body]) } == bodies)
        #expect(finding.records.map(\.count) == Array(1..<lengths.count + 1))
        #expect(finding.damaged.isEmpty && finding.torn == nil)
    }

    @Test(
        "what a crash leaves of the last record is told from damage",
        arguments: [
            // How many bytes are left of 26, how many zeros follow, and whether it is torn.
            (1, 0, true), (15, 0, true), (16, 0, true), (25, 0, true), (0, 5, true), (0, 4096, true), (3, 2, true),
            // As long as it should be, and not what it should be.
            (20, 6, false), (25, 1, false),
        ]
    )
    func tails(left: Int, zeros: Int, isTorn: Bool) {
        let first = Self.segment([Array("first".utf8)])
        var bytes = first
        SegmentCodec.append(Array("0123456789".utf8), count: 1, to: &bytes)
        let end = bytes[first.count..<first.count + left] + [UInt8](repeating: 0, count: zeros)
        let finding = Self.find(first + end)
        #expect(finding.records.count == 1)
        let rest = first.count..<first.count + end.count
        #expect(finding.torn == (isTorn ? rest : nil))
        #expect(finding.damaged == (isTorn ? [] : [rest]))
    }

    @Test("a body that looks like a record is none")
    func forgery() {
        // Text holds no NUL, so a head can only be there as a sender cannot send it; even then the outer record counts.
        let inner = Self.segment([Array("x".utf8)])
        let finding = Self.find(Self.segment([inner, inner]))
        #expect(finding.records.map(\.body.count) == [inner.count, inner.count])
    }

    @Test(
        "whatever is cut off, every record before the cut is read and none is invented; whatever flips, only its record is lost"
    )
    func random() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            let bodies = (0..<Int.random(in: 1...8, using: &generator)).map { _ in
                (0..<Int.random(in: 0...80, using: &generator)).map { _ in UInt8.random(in: 32...126, using: &generator)
                }
            }
            let bytes = Self.segment(bodies)
            let records = Self.find(bytes).records
            for _ in 0..<20 {
                let cut = Int.random(in: 0...bytes.count, using: &generator)
                let finding = Self.find(Array(bytes[..<cut]))
                #expect(finding.records == records.filter { $0.range.upperBound <= cut }, "seed \(seed), cut \(cut)")
                #expect(finding.damaged.isEmpty, "seed \(seed), cut \(cut)")

                let place = Int.random(in: 0..<bytes.count, using: &generator)
                var flipped = bytes
                flipped[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                let found = Self.find(flipped)
                #expect(found.records == records.filter { !$0.range.contains(place) }, "seed \(seed), flip in \(place)")
                let lost = found.damaged + (found.torn.map { [$0] } ?? [])
                #expect(lost == records.map(\.range).filter { $0.contains(place) }, "seed \(seed), flip in \(place)")
            }
        }
    }
}
