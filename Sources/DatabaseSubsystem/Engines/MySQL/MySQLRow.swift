import CDatabaseClients

/// The row that a statement stands on: its values, in the memory in which the library has received them.
///
/// It holds until the connection is used again.
struct MySQLRow {
    private let values: UnsafePointer<HydrogenMySQLValue>
    private let forms: [MySQLType.Form]

    init(_ values: UnsafePointer<HydrogenMySQLValue>, _ forms: [MySQLType.Form]) {
        self.values = values
        self.forms = forms
    }

    /// Writes the value of one column.
    @inline(__always)
    func write(_ column: Int, to writer: inout RowWriter) {
        guard let bytes = bytes(column) else { return writer.null() }
        switch forms[column] {
        case .int8: writer.integer(Int64(number(bytes, Int8.self)))
        case .uint8: writer.integer(Int64(number(bytes, UInt8.self)))
        case .int16: writer.integer(Int64(number(bytes, Int16.self)))
        case .uint16: writer.integer(Int64(number(bytes, UInt16.self)))
        case .int32: writer.integer(Int64(number(bytes, Int32.self)))
        case .uint32: writer.integer(Int64(number(bytes, UInt32.self)))
        case .int64: writer.integer(number(bytes, Int64.self))
        case .uint64: writer.unsigned(number(bytes, UInt64.self))
        case .single: writer.single(Float(bitPattern: number(bytes, UInt32.self)))
        case .double: writer.double(Double(bitPattern: number(bytes, UInt64.self)))
        case .boolean:
            let value = number(bytes, Int8.self)
            if value == 0 || value == 1 { writer.boolean(value == 1) } else { writer.integer(Int64(value)) }
        case .bit: writer.boolean(bits(bytes) != 0)
        case .bits: writer.unsigned(bits(bytes))
        case .decimal: writer.rawNumber(bytes)
        case .date, .time, .dateTime, .timestamp:
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: MySQLTime.longest) { text in
                let count = write(bytes, forms[column], to: text)
                writer.string(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(text)[..<count]))
            }
        case .text: writer.string(bytes)
        case .json: writer.rawJSON(bytes)
        case .bytes: writer.base64(UnsafeRawBufferPointer(bytes))
        case .null: writer.null()
        }
    }

    /// The value of one column, for Hydrogen's own queries.
    func value(_ column: Int) -> DatabaseValue {
        guard let bytes = bytes(column) else { return .null }
        switch forms[column] {
        case .int8, .boolean: return .integer(Int64(number(bytes, Int8.self)))
        case .uint8: return .integer(Int64(number(bytes, UInt8.self)))
        case .int16: return .integer(Int64(number(bytes, Int16.self)))
        case .uint16: return .integer(Int64(number(bytes, UInt16.self)))
        case .int32: return .integer(Int64(number(bytes, Int32.self)))
        case .uint32: return .integer(Int64(number(bytes, UInt32.self)))
        case .int64: return .integer(number(bytes, Int64.self))
        case .uint64: return Self.value(number(bytes, UInt64.self))
        case .bit, .bits: return Self.value(bits(bytes))
        case .single: return .float(Double(Float(bitPattern: number(bytes, UInt32.self))))
        case .double: return .float(Double(bitPattern: number(bytes, UInt64.self)))
        case .date, .time, .dateTime, .timestamp:
            return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: MySQLTime.longest) { text in
                let count = write(bytes, forms[column], to: text)
                return .text(String(decoding: text[..<count], as: UTF8.self))
            }
        case .decimal, .text, .json: return .text(String(decoding: bytes, as: UTF8.self))
        case .bytes: return .blob(Array(bytes))
        case .null: return .null
        }
    }

    private static func value(_ number: UInt64) -> DatabaseValue {
        Int64(exactly: number).map { .integer($0) } ?? .text(String(number))
    }

    private func bytes(_ column: Int) -> UnsafeBufferPointer<UInt8>? {
        let value = values[column]
        return value.bytes.map { UnsafeBufferPointer(start: $0, count: value.count) }
    }

    private func number<Number: FixedWidthInteger>(_ bytes: UnsafeBufferPointer<UInt8>, _ type: Number.Type) -> Number {
        Number(littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(as: Number.self))
    }

    private func bits(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func write(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ form: MySQLType.Form,
        to text: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        switch form {
        case .date: MySQLTime(date: bytes).writeDate(to: text)
        case .time: MySQLTime(time: bytes).writeTime(to: text)
        default: MySQLTime(date: bytes).writeDateTime(isUTC: form == .timestamp, to: text)
        }
    }
}
