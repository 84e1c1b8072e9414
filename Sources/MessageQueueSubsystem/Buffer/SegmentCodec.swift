/// How records stand in a segment: one after the other, each with its length and a checksum. Pure.
///
/// A record is a head of 16 bytes and a body. The head has a mark, the length of the body, the number of messages in it, and a
/// CRC-32C of both numbers and the body; numbers are 32 bits, little endian. The mark begins with a NUL, and lengths have a high
/// byte below 32: neither stands in the text of a body, so that no message can contain what looks like a record.
enum SegmentCodec {
    /// One record.
    struct Record: Hashable {
        /// Where it stands, its head included.
        let range: Range<Int>
        /// How many messages it has.
        let count: Int

        /// Where its body stands.
        var body: Range<Int> { range.lowerBound + headBytes..<range.upperBound }
    }

    /// What was found in the bytes of a segment.
    struct Finding: Hashable {
        /// The records that are whole, in order.
        var records: [Record] = []
        /// What stands between whole records, or behind them, and is none: it was written once and has changed since.
        var damaged: [Range<Int>] = []
        /// What stands at the end and was never written to its end.
        var torn: Range<Int>?
    }

    static let headBytes = 16
    /// The longest body.
    static let mostBytes = 256 << 20
    private static let mark: UInt32 = 0x0151_4800

    /// Adds a record at the end.
    ///
    /// - Precondition: The body is no longer than ``mostBytes``.
    static func append(_ body: [UInt8], count: Int, to bytes: inout [UInt8]) {
        let start = bytes.count
        for number in [mark, UInt32(body.count), UInt32(count), 0] { append(number, to: &bytes) }
        bytes += body
        let sum = bytes.withUnsafeBytes { checksum(of: start..<$0.count, in: $0) }
        withUnsafeBytes(of: sum.littleEndian) { bytes.replaceSubrange(start + 12..<start + 16, with: $0) }
    }

    private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }

    /// The record that begins at a place; `nil` when none does, or not all of it is there.
    static func record(at place: Int, in bytes: UnsafeRawBufferPointer) -> Record? {
        guard let size = size(at: place, in: bytes), place + size <= bytes.count else { return nil }
        let range = place..<place + size
        guard number(at: place + 12, in: bytes) == checksum(of: range, in: bytes) else { return nil }
        return Record(range: range, count: Int(number(at: place + 8, in: bytes)))
    }

    /// How long the record is whose head stands at a place, its head included; `nil` when that is no head.
    static func size(at place: Int, in bytes: UnsafeRawBufferPointer) -> Int? {
        guard place + headBytes <= bytes.count, number(at: place, in: bytes) == mark else { return nil }
        let length = Int(number(at: place + 4, in: bytes))
        return length <= mostBytes ? headBytes + length : nil
    }

    /// Finds all records of a segment, also those behind damage.
    static func find(in bytes: UnsafeRawBufferPointer) -> Finding {
        var finding = Finding()
        var place = 0
        while place < bytes.count {
            if let record = record(at: place, in: bytes) {
                finding.records.append(record)
                place = record.range.upperBound
                continue
            }
            let next = (place + 1..<bytes.count).first { record(at: $0, in: bytes) != nil }
            let rest = place..<(next ?? bytes.count)
            if next == nil, isTorn(rest, in: bytes) { finding.torn = rest } else { finding.damaged.append(rest) }
            place = rest.upperBound
        }
        return finding
    }

    /// Whether the end of a segment is what a crash leaves of a record: a part of it, or room that was never filled.
    private static func isTorn(_ rest: Range<Int>, in bytes: UnsafeRawBufferPointer) -> Bool {
        if bytes[rest].allSatisfy({ $0 == 0 }) { return true }
        guard rest.count >= headBytes else { return true }
        return size(at: rest.lowerBound, in: bytes).map { $0 > rest.count } ?? false
    }

    private static func number(at place: Int, in bytes: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
    }

    /// The checksum of a record: of everything behind the mark but the checksum itself.
    private static func checksum(of range: Range<Int>, in bytes: UnsafeRawBufferPointer) -> UInt32 {
        let numbers = UnsafeRawBufferPointer(rebasing: bytes[range.lowerBound + 4..<range.lowerBound + 12])
        let body = UnsafeRawBufferPointer(rebasing: bytes[range.lowerBound + headBytes..<range.upperBound])
        return CRC32C.checksum(body, after: CRC32C.checksum(numbers))
    }
}
