/// The values of one call as libpq takes them: an array of C strings, `NULL` for SQL NULL. One instance serves all calls of a
/// connection, so that nothing is allocated for each.
struct PostgreSQLParameters {
    private var bytes: [UInt8] = []
    private var starts: [Int] = []
    private var pointers: [UnsafePointer<CChar>?] = []

    /// Lays the values out that a statement binds.
    ///
    /// - Throws: `refused` for text with a NUL, which PostgreSQL cannot hold.
    mutating func fill(_ statement: EngineStatement, _ values: [ParameterValue]) throws(DatabaseError) {
        bytes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        for index in statement.parameterOrder { try append(values[index].content) }
    }

    private mutating func append(_ content: ParameterValue.Content) throws(DatabaseError) {
        starts.append(bytes.count)
        switch content {
        case .null: starts[starts.count - 1] = -1
        case .integer(let value): append(value)
        case .float(let value): bytes.append(contentsOf: value.description.utf8)
        case .boolean(let value): bytes.append(value ? UInt8(ascii: "t") : UInt8(ascii: "f"))
        case .text(let text):
            bytes.append(contentsOf: text.utf8)
            guard !bytes[(starts.last ?? 0)...].contains(0) else {
                throw DatabaseError(
                    .refused,
                    "binding parameter \(starts.count): PostgreSQL cannot hold a text with a NUL character",
                    sqlState: SQLState.untranslatableCharacter.rawValue
                )
            }
        }
        bytes.append(0)
    }

    private mutating func append(_ value: Int64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var (rest, place) = (value.magnitude, 20)
            repeat {
                place -= 1
                digits[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if value < 0 { bytes.append(UInt8(ascii: "-")) }
            bytes.append(contentsOf: digits[place...])
        }
    }

    /// Lends the values for one call of libpq, which copies them.
    mutating func withPointers<Result>(_ body: (CInt, UnsafePointer<UnsafePointer<CChar>?>?) -> Result) -> Result {
        bytes.withUnsafeBytes { raw in
            let start = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
            pointers.removeAll(keepingCapacity: true)
            for offset in starts { pointers.append(offset < 0 ? nil : start.map { $0 + offset }) }
            return pointers.withUnsafeBufferPointer { body(CInt($0.count), $0.baseAddress) }
        }
    }
}
