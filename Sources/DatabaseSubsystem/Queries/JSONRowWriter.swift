package import NIOCore

/// Writes rows as a JSON array of objects, straight into the buffer that goes to the client.
///
/// A row is `beginRow`, then one value for each column in order, then `endRow`. Every value writer writes the member's
/// name and goes on to the next column. ``finish()`` closes the array.
package struct JSONRowWriter: Sendable {
    /// How many rows are complete.
    package private(set) var rowCount = 0
    /// The columns.
    package let columns: JSONColumns
    private var buffer: ByteBuffer
    private var column = 0

    /// Starts an array at the end of `buffer`.
    package init(columns: JSONColumns, buffer: ByteBuffer = ByteBuffer()) {
        self.columns = columns
        self.buffer = buffer
        self.buffer.writeInteger(UInt8(ascii: "["))
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
        if columns.count == 0 { buffer.writeStaticString(rowCount == 0 ? "{" : ",{") }
        buffer.writeInteger(UInt8(ascii: "}"))
        rowCount += 1
    }

    /// Ends the array.
    package consuming func finish() -> ByteBuffer {
        buffer.writeInteger(UInt8(ascii: "]"))
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

    // MARK: What the value writers are made of

    /// Writes the next member's name and up to `room` bytes of its value, which `body` writes and counts.
    @inline(__always)
    mutating func member(room: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
        precondition(column < columns.count, "a row has more values than columns")
        let start = column == 0 ? (rowCount == 0 ? 1 : 0) : columns.ends[column - 1]
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

extension JSONRowWriter {
    /// Writes `null`.
    package mutating func null() {
        literal("null")
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
        member(room: length) { target in
            target[0] = UInt8(ascii: "\"")
            Base64.encode(bytes, to: target + 1)
            target[length - 1] = UInt8(ascii: "\"")
            return length
        }
    }

    /// JSON text as it is; as a string when it is none.
    package mutating func rawJSON(_ bytes: UnsafeBufferPointer<UInt8>) {
        if JSONText.isValid(bytes) { validJSON(bytes) } else { string(bytes) }
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
