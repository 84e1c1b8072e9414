/// Takes a stream of server-sent events apart: the data of each event. Pure: bytes in, texts out.
///
/// Only the field `data` counts. Source: HTML Living Standard, section 9.2.6; a line ends with LF or CR LF.
struct AIEventDecoder {
    /// An event that is longer than any of the API's.
    struct TooLong: Error {}

    /// The longest event that is taken, in bytes.
    static let longestEvent = 4 << 20

    /// The line that has not ended yet.
    private var line: [UInt8] = []
    /// The lines of the event that has not ended yet.
    private var data: [UInt8] = []
    private var hasData = false

    /// The data of the events that end in these bytes.
    mutating func append(_ bytes: some Sequence<UInt8>) throws(TooLong) -> [[UInt8]] {
        var events: [[UInt8]] = []
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                guard line.count + data.count <= Self.longestEvent else { throw TooLong() }
                continue
            }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if line.isEmpty {
                if hasData { events.append(data) }
                data.removeAll(keepingCapacity: true)
                hasData = false
            } else {
                endLine()
            }
            line.removeAll(keepingCapacity: true)
        }
        return events
    }

    private mutating func endLine() {
        let field = line.prefix { $0 != UInt8(ascii: ":") }
        guard field.elementsEqual("data".utf8) else { return }
        var value = line[field.endIndex...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        if hasData { data.append(UInt8(ascii: "\n")) }
        data += value
        hasData = true
    }
}
