import CDatabaseClients

/// The values of one call as the library takes them. One instance serves all calls of a connection, so that little is allocated for
/// each.
struct MySQLParameters {
    private struct Slot {
        let type: MySQLType
        let start: Int
        let count: Int
    }

    private var bytes: [UInt8] = []
    private var slots: [Slot] = []
    private var binds: [HydrogenMySQLBind] = []

    /// Lays the values out that a statement binds.
    ///
    /// - Throws: `refused` for a moment that UTC cannot have.
    mutating func fill(_ statement: EngineStatement, _ values: [ParameterValue]) throws(DatabaseError) {
        bytes.removeAll(keepingCapacity: true)
        slots.removeAll(keepingCapacity: true)
        for index in statement.parameterOrder { try append(values[index]) }
    }

    private mutating func append(_ value: ParameterValue) throws(DatabaseError) {
        let start = bytes.count
        switch value.content {
        case .null: slots.append(Slot(type: .null, start: start, count: 0))
        case .integer(let number): append(UInt64(bitPattern: number), as: .longLong)
        case .float(let number): append(number.bitPattern, as: .double)
        case .boolean(let flag):
            bytes.append(flag ? 1 : 0)
            slots.append(Slot(type: .tiny, start: start, count: 1))
        case .text(let text):
            // The server's moments have no zone in text: the session's is UTC.
            let text = value.type == .timestamp ? try CivilText.bindableUTC(text, number: slots.count + 1) : text
            bytes.append(contentsOf: text.utf8)
            slots.append(Slot(type: .string, start: start, count: bytes.count - start))
        }
    }

    private mutating func append(_ number: UInt64, as type: MySQLType) {
        slots.append(Slot(type: type, start: bytes.count, count: 8))
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// How many values there are.
    var count: Int { slots.count }

    /// Lends the values for one call.
    mutating func withBinds<Result, Failure: Error>(
        _ body: (UnsafeMutablePointer<HydrogenMySQLBind>?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.withUnsafeMutableBufferPointer { memory throws(Failure) in
            binds.removeAll(keepingCapacity: true)
            for slot in slots {
                var bind = HydrogenMySQLBind()
                bind.buffer_type = slot.type.rawValue
                bind.buffer = memory.baseAddress.map { UnsafeMutableRawPointer($0 + slot.start) }
                bind.buffer_length = UInt(slot.count)
                binds.append(bind)
            }
            return try binds.withUnsafeMutableBufferPointer { binds throws(Failure) in try body(binds.baseAddress) }
        }
    }
}
