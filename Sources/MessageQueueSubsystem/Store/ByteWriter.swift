import NIOCore

/// Writes bytes one after the other to memory that has room for them.
///
/// A `ByteBuffer` looks at every write whether it is the only one and has room: with many small ones that is most of the work.
struct ByteWriter {
    private let bytes: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ bytes: UnsafeMutableRawBufferPointer) {
        self.bytes = bytes
    }

    mutating func write(_ byte: UInt8) {
        bytes[count] = byte
        count += 1
    }

    mutating func write(_ text: StaticString) {
        write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func write(_ text: String) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    /// Writes a text in double quotes; before each of those in it, and before each backslash, goes a backslash.
    mutating func writeQuoted(_ text: String) {
        var text = text
        write(UInt8(ascii: "\""))
        text.withUTF8 { text in
            for byte in text {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { write(UInt8(ascii: "\\")) }
                write(byte)
            }
        }
        write(UInt8(ascii: "\""))
    }

    mutating func write(_ uuid: QueueUUID) {
        uuid.write(to: UnsafeMutableRawBufferPointer(rebasing: bytes[count...]))
        count += QueueUUID.length
    }

    private mutating func write(_ other: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(rebasing: bytes[count...]).copyMemory(from: other)
        count += other.count
    }
}

extension ByteBuffer {
    /// Has `body` write at most so many bytes.
    mutating func write(atMost bound: Int, _ body: (inout ByteWriter) -> Void) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { bytes in
            var writer = ByteWriter(bytes)
            body(&writer)
            return writer.count
        }
    }
}
