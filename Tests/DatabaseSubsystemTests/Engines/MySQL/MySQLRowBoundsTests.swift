import CDatabaseClients
import Testing

/// Lengths of values, as a server may claim them. Without a server, and without the library.
@Suite struct MySQLRowBoundsTests {
    /// What the library receives into, and a row at its end, behind a hundred bytes that are no part of it.
    private static let before = 100

    /// Has the values of a row noted one by one.
    ///
    /// - Returns: What was noted, `nil` for NULL, and whether the row is broken.
    private func note(_ bytes: [UInt8], widths: [UInt8], isElsewhere: Bool = false) -> ([[UInt8]?], isBroken: Bool) {
        var buffer = [UInt8](repeating: 0xAA, count: Self.before) + bytes + [UInt8](repeating: 0xBB, count: 64)
        let end = Self.before + bytes.count
        var values = [HydrogenMySQLValue](repeating: HydrogenMySQLValue(), count: widths.count)
        var noted: [[UInt8]?] = []
        var isBroken = false
        buffer.withUnsafeMutableBufferPointer { memory in
            guard let start = memory.baseAddress else { return }
            // What is known of a connection: where its buffer begins, and where it ends.
            var connection: [UInt] = [0, UInt(bitPattern: start), UInt(bitPattern: start + (isElsewhere ? 1 : end))]
            connection.withUnsafeMutableBytes { connection in
                values.withUnsafeMutableBufferPointer { values in
                    widths.withUnsafeBufferPointer { widths in
                        var row = HydrogenMySQLRow()
                        row.values = values.baseAddress
                        row.widths = widths.baseAddress
                        row.count = UInt32(widths.count)
                        row.connection = connection.baseAddress.map { OpaquePointer($0) }
                        var place: UnsafeMutablePointer<UInt8>? = start + Self.before
                        for column in widths.indices {
                            hydrogen_mysql_note_value(&row, UInt32(column), &place)
                            noted.append(
                                values[column].bytes.map {
                                    Array(UnsafeBufferPointer(start: $0, count: values[column].count))
                                }
                            )
                        }
                        isBroken = row.isBroken != 0
                    }
                }
            }
        }
        return (noted, isBroken)
    }

    private static let first = UInt8(HYDROGEN_MYSQL_LENGTH_FIRST)

    @Test("values within a row are noted where they are")
    func whole() {
        let row = note([1, 2, 3, 2, 7, 8, 0, 252, 1, 0, 9], widths: [1, 2, Self.first, Self.first, Self.first])
        #expect(row.0 == [[1], [2, 3], [7, 8], [], [9]])
        #expect(!row.isBroken)
    }

    @Test(
        "a length beyond the row breaks it, and nothing is read",
        arguments: [
            // One byte more than there is; a hundred; with lengths of 2, 3 and 8 bytes; negative as a signed number; cut lengths.
            [3, 1, 2], [100, 1], [252, 3, 0, 1, 2], [253, 0, 0, 1, 5], [254, 0, 0, 0, 64, 0, 0, 0, 0, 1],
            [254, 255, 255, 255, 255, 255, 255, 255, 255, 1], [254, 0, 0, 0, 0, 0, 0, 0, 128, 1], [252], [252, 1],
            [253, 1, 0], [254, 1, 0, 0, 0, 0, 0, 0], [251, 1], [255, 1], [],
        ] as [[UInt8]]
    )
    func beyond(bytes: [UInt8]) {
        let row = note(bytes, widths: [Self.first, 1, Self.first])
        #expect(row.0 == [nil, nil, nil])
        #expect(row.isBroken)
    }

    @Test("a number that the row has no bytes for breaks it", arguments: [1, 2, 4, 8] as [UInt8])
    func numbers(width: UInt8) {
        let row = note([UInt8](repeating: 1, count: Int(width) * 2 - 1), widths: [width, width])
        #expect(row.0.first??.count == Int(width) && row.0.last == .some(nil))
        #expect(row.isBroken)
    }

    @Test("a row that is not where the library is known to receive is not read")
    func elsewhere() {
        #expect(note([1, 2], widths: [1], isElsewhere: true).isBroken)
    }
}
