import CDatabaseClients

/// The values of the row that a statement stands on. Each is fetched from the driver when it is first asked for, in as many calls as
/// its length needs, and kept until the next row. One instance serves all statements of a connection.
///
/// Confined to its connection's thread.
final class CLIRow {
    /// Where a value lies in the memory.
    private struct Cell {
        var start: Int
        /// The length; or that it is NULL, or was not fetched yet.
        var length: Int

        static let null = -1
        static let unread = -2
    }

    private var memory: UnsafeMutableRawPointer
    private var capacity: Int
    private var used = 0
    private var cells: [Cell] = []
    private let numbers: CLIProduct.Numbers

    /// How much memory is kept between queries.
    private static let keptCapacity = 64 << 10
    /// The least room that a driver is given for a value.
    private static let leastRoom = 4 << 10

    init(_ numbers: CLIProduct.Numbers) {
        self.numbers = numbers
        capacity = Self.keptCapacity
        memory = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit {
        memory.deallocate()
    }

    /// Forgets the former row's values.
    func begin(columns: Int) {
        used = 0
        if cells.count != columns { cells = Array(repeating: Cell(start: 0, length: Cell.unread), count: columns) }
        for column in cells.indices { cells[column].length = Cell.unread }
    }

    /// Gives back the memory that an uncommonly large row needed.
    func end() {
        used = 0
        guard capacity > Self.keptCapacity else { return }
        memory.deallocate()
        capacity = Self.keptCapacity
        memory = .allocate(byteCount: capacity, alignment: 16)
    }

    /// Lends a value's bytes; `nil` for NULL. They stay until the next call.
    ///
    /// - Parameter limit: The most bytes that a value may have.
    /// - Throws: `resultTooLarge` for more, and what the driver says.
    func bytes(
        _ column: Int,
        of statement: CLIStatementHandle,
        as type: CLIType,
        limit: Int
    ) throws(DatabaseError) -> UnsafeRawBufferPointer? {
        if cells[column].length == Cell.unread { try fetch(column, statement, type, limit: limit) }
        let cell = cells[column]
        guard cell.length != Cell.null else { return nil }
        return UnsafeRawBufferPointer(start: memory + cell.start, count: cell.length)
    }

    private func fetch(
        _ column: Int,
        _ statement: CLIStatementHandle,
        _ type: CLIType,
        limit: Int
    ) throws(DatabaseError) {
        // Numbers stand where their type wants them.
        let start = (used + 15) & ~15
        // A text ends with a NUL, which is not counted.
        let tail = type == .characters ? 1 : 0
        var length = 0
        var total: Int?
        makeRoom(start + Self.leastRoom)
        while true {
            let room = capacity - start - length
            var indicator: HydrogenCLILength = 0
            let code = CLIReturn(
                rawValue: statement.session.functions.GetData(
                    statement.handle,
                    UInt16(column + 1),
                    type.rawValue,
                    memory + start + length,
                    HydrogenCLILength(room),
                    &indicator
                )
            )
            if code == .noData { break }
            guard code.isSuccess else {
                throw statement.diagnostics.error(numbers, doing: "reading column \(column + 1)")
            }
            let left = numbers.length(indicator)
            if left == CLINumber.nullData {
                cells[column] = Cell(start: start, length: Cell.null)
                return
            }
            if left != CLINumber.noTotal {
                guard left >= 0 else { throw Self.oddLength(left, column: column) }
                guard left <= limit - length || total != nil else { throw .tooLarge(limit) }
                let whole = total ?? length + left
                guard left <= whole else { throw Self.oddLength(left, column: column) }
                total = whole
                // What the driver says is left tells how much it gave before: some end a part between two characters.
                if whole - left < length { moveDown(start, from: &length, to: whole - left, count: room) }
                guard whole - left == length else { throw Self.oddLength(left, column: column) }
                if left + tail <= room || (code == .success && left <= room) {
                    length += left
                    break
                }
                // All of it was given, says the driver, and there was no room for it.
                guard code != .success else { throw Self.oddLength(left, column: column) }
                length += room - tail
                makeRoom(start + whole + tail + 16, keeping: start + length)
            } else {
                length += type == .characters ? terminatedLength(start + length, atMost: room) : room
                guard length <= limit else { throw .tooLarge(limit) }
                makeRoom(start + length * 2 + Self.leastRoom, keeping: start + length)
            }
        }
        cells[column] = Cell(start: start, length: length)
        used = start + length
    }

    private static func oddLength(_ length: Int, column: Int) -> DatabaseError {
        DatabaseError(
            .refused,
            "reading column \(column + 1): the driver says a length that cannot be, \(length) bytes; take another driver, or cast it"
        )
    }

    /// Moves a part that was written behind a gap to where it belongs.
    private func moveDown(_ start: Int, from length: inout Int, to real: Int, count: Int) {
        (memory + start + real).copyMemory(from: memory + start + length, byteCount: count)
        length = real
    }

    private func terminatedLength(_ start: Int, atMost room: Int) -> Int {
        let bytes = UnsafeRawBufferPointer(start: memory + start, count: room)
        return bytes.firstIndex(of: 0) ?? room
    }

    private func makeRoom(_ wanted: Int, keeping kept: Int? = nil) {
        guard wanted > capacity else { return }
        capacity = max(wanted, capacity * 2)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        larger.copyMemory(from: memory, byteCount: kept ?? used)
        memory.deallocate()
        memory = larger
    }
}

extension CLIRow {
    /// Writes the value of one column.
    @inline(__always)
    func write(
        _ column: Int,
        _ form: CLIType.Form,
        of statement: CLIStatementHandle,
        limit: Int,
        to writer: inout RowWriter
    ) throws(DatabaseError) {
        guard let raw = try bytes(column, of: statement, as: form.fetched, limit: limit) else { return writer.null() }
        let bytes = raw.assumingMemoryBound(to: UInt8.self)
        if form.isOfCalendar, isUnreadable(bytes) { throw Self.unreadableDay(column) }
        switch form {
        case .text, .date: writer.string(bytes)
        case .time: writer.string(bytes.withoutZeros(at: 8))
        case .number: writer.rawNumber(bytes)
        case .double: writer.double(raw.loadUnaligned(as: Double.self))
        case .single: writer.single(raw.loadUnaligned(as: Float.self))
        case .boolean: writer.boolean(bytes.first != 0)
        case .json: writer.rawJSON(bytes)
        case .bytes: writer.base64(raw)
        case .timestamp: CLITimestamp(bytes, isMoment: false).write(to: &writer)
        case .moment: CLITimestamp(bytes, isMoment: true).write(to: &writer)
        }
    }

    /// Whether a value is a day that no calendar has: the driver's way to say that it cannot tell it. In MariaDB and SQLite it may
    /// stand so in the table.
    private func isUnreadable(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard numbers == .none || numbers == .db2, bytes.count >= 10 else { return false }
        return bytes[5] == UInt8(ascii: "0") && bytes[4..<10].elementsEqual("-00-00".utf8)
    }

    private static func unreadableDay(_ column: Int) -> DatabaseError {
        DatabaseError(
            .refused,
            "reading column \(column + 1): a day that the driver cannot tell, outside of the years 0001 to 9999; cast it to text",
            sqlState: "22008"
        )
    }

    /// The value of one column, for Hydrogen's own queries.
    func value(
        _ column: Int,
        _ form: CLIType.Form,
        of statement: CLIStatementHandle,
        limit: Int
    ) throws(DatabaseError) -> DatabaseValue {
        guard let raw = try bytes(column, of: statement, as: form.fetched, limit: limit) else { return .null }
        let text = String(decoding: raw, as: UTF8.self)
        switch form {
        case .number: return Int64(text).map { .integer($0) } ?? .text(text)
        case .double: return .float(raw.loadUnaligned(as: Double.self))
        case .single: return .float(Double(raw.loadUnaligned(as: Float.self)))
        case .boolean: return .boolean(raw.first != 0)
        case .bytes: return .blob(Array(raw))
        case .text, .date, .time, .json, .timestamp, .moment: return .text(text)
        }
    }
}

/// A date and time as drivers print it: with spaces and colons, or as DB2 has it, `2026-01-31-12.00.00.123456`.
struct CLITimestamp {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let isMoment: Bool

    /// - Parameter isMoment: Whether it is in UTC, and so bears a `Z`.
    init(_ bytes: UnsafeBufferPointer<UInt8>, isMoment: Bool) {
        self.bytes = bytes.withoutZeros(at: 19)
        self.isMoment = isMoment
    }

    func write(to writer: inout RowWriter) {
        guard isMoment || hasDB2Form else { return writer.timestamp(bytes) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count + 1) { copy in
            _ = copy.initialize(from: bytes)
            if hasDB2Form { (copy[10], copy[13], copy[16]) = (UInt8(ascii: " "), UInt8(ascii: ":"), UInt8(ascii: ":")) }
            copy[bytes.count] = UInt8(ascii: "Z")
            writer.timestamp(UnsafeBufferPointer(rebasing: copy[..<(bytes.count + (isMoment ? 1 : 0))]))
        }
    }

    private var hasDB2Form: Bool {
        let (dash, dot) = (UInt8(ascii: "-"), UInt8(ascii: "."))
        return bytes.count >= 19 && bytes[10] == dash && bytes[13] == dot && bytes[16] == dot
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The text of a time without the zeros at the end of its decimals: they say what the column could hold, not what it holds.
    ///
    /// - Parameter point: Where the decimals' point stands, if there are any.
    fileprivate func withoutZeros(at point: Int) -> UnsafeBufferPointer<UInt8> {
        guard count > point + 1, self[point] == UInt8(ascii: "."), self[(point + 1)...].allSatisfy(\.isASCIIDigit)
        else {
            return self
        }
        let last = lastIndex { $0 != UInt8(ascii: "0") } ?? point
        return UnsafeBufferPointer(rebasing: self[..<(last == point ? point : last + 1)])
    }
}
