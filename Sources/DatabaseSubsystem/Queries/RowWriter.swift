package import NIOCore

/// Writes rows in one of the formats, straight into the buffer that goes to the client.
///
/// A row is `beginRow`, then one value for each column in order, then `endRow`. Every value writer writes what stands
/// before the value, the member's name or a comma, and goes on to the next column. ``finish()`` closes the array.
package struct RowWriter: Sendable {
    /// How many rows are complete.
    package private(set) var rowCount = 0
    /// The columns.
    package let columns: RowColumns
    /// How rows are written.
    let format: RowFormat
    private var buffer: ByteBuffer
    private var column = 0
    /// Where in the first column's prefix a row begins: past the comma, unless it follows another one in an array.
    private var rowStart: Int

    /// Starts a result at the end of `buffer`: an array, or a header line.
    package init(columns: RowColumns, format: RowFormat = .json, buffer: ByteBuffer = ByteBuffer()) {
        self.format = format
        self.buffer = buffer
        switch format {
        case .json:
            self.columns = columns
            self.rowStart = 1
            self.buffer.writeInteger(UInt8(ascii: "["))
        case .ndjson:
            self.columns = columns
            self.rowStart = 1
        case .csv:
            self.columns = columns.separatedByCommas
            self.rowStart = 0
            writeHeaderLine()
        }
    }

    private mutating func writeHeaderLine() {
        guard columns.count > 0 else { return }
        for name in columns.names { string(name) }
        column = 0
        buffer.writeStaticString("\r\n")
    }

    /// How many bytes the buffer holds.
    package var byteCount: Int { buffer.readableBytes }

    /// Starts a row.
    package mutating func beginRow() {
        column = 0
    }

    /// Ends a row, which must have a value for each column.
    package mutating func endRow() {
        precondition(column == columns.count, "a row ended with \(column) of \(columns.count) values")
        switch format {
        case .json:
            if columns.count == 0 { buffer.writeStaticString(rowCount == 0 ? "{" : ",{") }
            buffer.writeInteger(UInt8(ascii: "}"))
            rowStart = 0
        case .ndjson: buffer.writeStaticString(columns.count == 0 ? "{}\n" : "}\n")
        case .csv: buffer.writeStaticString("\r\n")
        }
        rowCount += 1
    }

    /// Ends the result.
    package consuming func finish() -> ByteBuffer {
        if format == .json { buffer.writeInteger(UInt8(ascii: "]")) }
        return buffer
    }

    /// Hands the rows so far to a caller that takes the result piece by piece, once they are enough for a piece.
    ///
    /// - Throws: What ``ResultStream/write(_:of:)`` throws.
    mutating func handOver(to query: QueuedQuery) throws(DatabaseError) {
        guard buffer.readableBytes >= ResultStream.chunkBytes, let stream = query.stream,
            buffer.readableBytes >= stream.threshold
        else { return }
        let chunk = buffer
        buffer = ByteBuffer()
        buffer.reserveCapacity(ResultStream.chunkBytes * 5 / 4)
        try stream.write(chunk, of: query)
    }

    /// Takes the rows so far out, for a caller that has each as soon as it is there.
    mutating func takePiece() -> ByteBuffer {
        defer { buffer = ByteBuffer() }
        return buffer
    }

    // MARK: What the value writers are made of

    /// Writes what stands before the next value and up to `room` bytes of the value, which `body` writes and counts.
    @inline(__always)
    mutating func member(room: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
        precondition(column < columns.count, "a row has more values than columns")
        let start = column == 0 ? rowStart : columns.ends[column - 1]
        let count = columns.ends[column] - start
        column += 1
        columns.prefixes.withUnsafeBufferPointer { prefixes in
            _ = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count + room) { raw in
                guard let target = raw.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    let source = prefixes.baseAddress
                else { return 0 }
                target.update(from: source + start, count: count)
                return count + body(target + count)
            }
        }
    }

    /// Writes up to `room` more bytes of the value, which `body` writes and counts.
    @inline(__always)
    mutating func more(room: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
        _ = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { raw in
            guard let target = raw.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return 0 }
            return body(target)
        }
    }

    /// Writes a value that never changes.
    @inline(__always)
    mutating func literal(_ text: StaticString) {
        member(room: text.utf8CodeUnitCount) { target in
            target.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
            return text.utf8CodeUnitCount
        }
    }
}

// MARK: - Values

extension RowWriter {
    /// Writes `null`, an empty field in CSV.
    package mutating func null() {
        if format == .csv { literal("") } else { literal("null") }
    }

    /// Writes `true` or `false`.
    package mutating func boolean(_ value: Bool) {
        if value { literal("true") } else { literal("false") }
    }

    /// A value of any kind.
    package mutating func value(_ value: DatabaseValue) {
        switch value {
        case .null: null()
        case .integer(let number): integer(number)
        case .float(let number): double(number)
        case .boolean(let flag): boolean(flag)
        case .text(let text): string(text)
        case .blob(let bytes): bytes.withUnsafeBytes { base64($0) }
        }
    }

    /// Bytes as base64 with padding (RFC 4648, section 4).
    package mutating func base64(_ bytes: UnsafeRawBufferPointer) {
        let length = (bytes.count + 2) / 3 * 4 + 2
        if format == .csv, !bytes.isEmpty {
            return member(room: length - 2) { target in
                Base64.encode(bytes, to: target)
                return length - 2
            }
        }
        member(room: length) { target in
            target[0] = UInt8(ascii: "\"")
            Base64.encode(bytes, to: target + 1)
            target[length - 1] = UInt8(ascii: "\"")
            return length
        }
    }

    /// JSON text as it is; as a string when it is none, and in CSV.
    package mutating func rawJSON(_ bytes: UnsafeBufferPointer<UInt8>) {
        if format != .csv, JSONText.isValid(bytes) { validJSON(bytes) } else { string(bytes) }
    }

    /// JSON text that is known to be valid, as it is: digits.
    mutating func validJSON(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress else { return null() }
        member(room: bytes.count) { target in
            target.update(from: source, count: bytes.count)
            return bytes.count
        }
    }
}
