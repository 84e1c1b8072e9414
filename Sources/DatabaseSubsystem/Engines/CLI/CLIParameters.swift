import CDatabaseClients

/// The values of one call, laid out as the call-level interface takes them: by address, until the statement has run. One instance
/// serves all calls of a connection.
///
/// Confined to its connection's thread.
final class CLIParameters {
    /// One value.
    private struct Slot {
        var start: Int
        var length: Int
        var isNull = false
        var valueType: CLIType
        var columnType: CLIType
    }

    private var bytes: [UInt8] = []
    private var slots: [Slot] = []
    private var memory: UnsafeMutableRawPointer?
    private var capacity = 0
    private let isDB2: Bool
    private let decimalsOfMoments: Int?

    /// The longest text that DB2 takes as VARCHAR. Source: Db2 documentation, "SQL and XML limits".
    private static let longestVarchar = 32_672

    /// - Parameter product: What is connected to. IBM's library has no BIT.
    init(_ product: CLIProduct) {
        isDB2 = product.numbers == .db2
        decimalsOfMoments = product.decimalsOfMoments
    }

    deinit {
        memory?.deallocate()
    }

    /// Binds every placeholder of a statement that is prepared.
    ///
    /// - Throws: What the driver says, and `refused` for a moment that UTC cannot have.
    func bind(
        _ statement: EngineStatement,
        _ values: [ParameterValue],
        to handle: CLIStatementHandle,
        _ numbers: CLIProduct.Numbers
    ) throws(DatabaseError) {
        guard !statement.parameterOrder.isEmpty else { return }
        slots.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        for index in statement.parameterOrder { try append(values[index], number: slots.count + 1) }
        let indicators = layOut()
        for (number, slot) in slots.enumerated() {
            let code = handle.session.functions.BindParameter(
                handle.handle,
                UInt16(number + 1),
                CLINumber.inputParameter,
                slot.valueType.rawValue,
                slot.columnType.rawValue,
                Self.columnSize(slot),
                0,
                indicators.advanced(by: slots.count * 8 + slot.start),
                HydrogenCLILength(slot.length),
                indicators.advanced(by: number * 8).assumingMemoryBound(to: HydrogenCLILength.self)
            )
            guard CLIReturn(rawValue: code).isSuccess else {
                throw handle.diagnostics.error(numbers, doing: "binding parameter \(number + 1)")
            }
        }
    }

    private func append(_ value: ParameterValue, number: Int) throws(DatabaseError) {
        // Numbers stand where their type wants them.
        while bytes.count % 8 != 0 { bytes.append(0) }
        let start = bytes.count
        var (valueType, columnType) = types(of: value.type)
        switch value.content {
        case .null: break
        case .integer(let number): withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
        case .float(let number): withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
        case .boolean(let flag) where isDB2:
            withUnsafeBytes(of: Int64(flag ? 1 : 0)) { bytes.append(contentsOf: $0) }
        case .boolean(let flag): bytes.append(flag ? 1 : 0)
        case .text(let text):
            bytes.append(contentsOf: try self.text(text, value.type, number: number).utf8)
            if bytes.count - start > Self.longestVarchar { columnType = .longVarchar }
        }
        if case .text = value.content { valueType = .characters }
        slots.append(
            Slot(
                start: start,
                length: bytes.count - start,
                isNull: value.content == .null,
                valueType: valueType,
                columnType: columnType
            )
        )
    }

    /// The types that a declared type is bound as: it is the place's own that decides, and converts.
    private func types(of type: ParameterType) -> (CLIType, CLIType) {
        switch type {
        case .integer: (.bigintValue, .bigint)
        case .float: (.doubleValue, .double)
        case .boolean: isDB2 ? (.bigintValue, .smallint) : (.bitValue, .bit)
        case .string, .text, .date, .time, .datetime, .timestamp: (.characters, .varchar)
        }
    }

    /// Texts of the calendar as every product reads them: a space, no zone.
    private func text(_ text: String, _ type: ParameterType, number: Int) throws(DatabaseError) -> String {
        switch type {
        case .datetime, .timestamp:
            let moment = try CivilText.bindableUTC(text, number: number)
            // `2026-01-31 12:00:00.` and the decimals.
            return decimalsOfMoments.map { String(moment.prefix(20 + $0)) } ?? moment
        case .integer, .string, .boolean, .float, .text, .date, .time: return text
        }
    }

    /// Sizes in steps, so that a server seldom sees another one for the same statement.
    private static func columnSize(_ slot: Slot) -> UInt64 {
        guard slot.valueType == .characters else { return slot.columnType == .bigint ? 19 : 15 }
        for size in [32, 254, 4000, longestVarchar] where slot.length <= size { return UInt64(size) }
        return UInt64(slot.length)
    }

    /// Puts the indicators and, behind them, the values where they stay until the next call. Returns the first indicator.
    private func layOut() -> UnsafeMutableRawPointer {
        let size = slots.count * 8 + bytes.count + 8
        let place: UnsafeMutableRawPointer
        if let memory, size <= capacity {
            place = memory
        } else {
            memory?.deallocate()
            capacity = max(size, 1024)
            place = .allocate(byteCount: capacity, alignment: 16)
            memory = place
        }
        for (number, slot) in slots.enumerated() {
            let indicator = slot.isNull ? HydrogenCLILength(CLINumber.nullData) : HydrogenCLILength(slot.length)
            place.storeBytes(of: indicator, toByteOffset: number * 8, as: HydrogenCLILength.self)
        }
        bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            (place + slots.count * 8).copyMemory(from: start, byteCount: source.count)
        }
        return place
    }
}
