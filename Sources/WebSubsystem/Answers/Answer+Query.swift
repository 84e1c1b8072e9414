import DatabaseSubsystem
import HydrogenCore
import NIOCore

extension Answer {
    /// Rows up to this size are copied into one buffer with what stands around them; larger ones are sent as they are.
    private static let largestCopy = 64 << 10

    /// The response to a query that has been run.
    init(_ answer: QueryAnswer, to call: QueryCall) {
        if let note = answer.cache, call.caching.has(note.tag) {
            self.init(status: 304, content: Content(call.format), ByteBuffer())
            headers = Self.negotiated
        } else {
            self.init(whole: answer, to: call)
        }
        tableVersion = call.tableVersion
        if let note = answer.cache { describe(note, of: call) }
    }

    /// The headers of a result that may be kept.
    ///
    /// A client that keeps the result of tables which may change asks each time, and is told in brief that nothing has.
    /// The tag is weak: the same rows come with other times around them.
    private mutating func describe(_ note: CacheNote, of call: QueryCall) {
        let scope = call.isForEverybody ? "" : "private, "
        cacheControl =
            scope + (call.query.template.tables.isEmpty ? "max-age=\(Int(note.lifetime.seconds))" : "no-cache")
        headers.append(("ETag", "W/\"\(note.tag)\""))
        headers.append(("Age", String(Int(note.age.seconds))))
        headers.append(("X-Cache", note.source.rawValue.uppercased()))
    }

    private init(whole answer: QueryAnswer, to call: QueryCall) {
        let rows = answer.rows.body.readableBytes
        var buffer = ByteBuffer()
        buffer.reserveCapacity((rows <= Self.largestCopy ? rows : 0) + 256)
        Self.writeBeginning(call, to: &buffer)
        if rows <= Self.largestCopy {
            buffer.writeImmutableBuffer(answer.rows.body)
            Self.writeEnd(answer, call, to: &buffer)
            self.init(content: Content(call.format), buffer)
        } else {
            var end = ByteBuffer()
            Self.writeEnd(answer, call, to: &end)
            self.init(content: Content(call.format), buffer)
            body += [answer.rows.body, end]
        }
        headers = Self.negotiated
        if call.format == .csv { headers += Self.completeness(of: answer, to: call) }
        if let link = Self.link(behind: answer, to: call) { headers.append(("Link", link)) }
    }

    /// What is said of the call: the beginning of a document, without the comma behind it.
    static func writeDescription(of call: QueryCall, to buffer: inout ByteBuffer) {
        switch call.shape {
        case .query:
            buffer.writeStaticString(#"{"success":true,"query_id":"#)
            buffer.writeString(call.query.template.id.description)
            buffer.writeStaticString(#","database":""#)
            // A database's name is letters, digits, _ . and -: nothing of it needs an escape.
            buffer.writeString(call.database.name)
            buffer.writeStaticString(#"""#)
        case .conduit:
            let template = call.query.template
            buffer.writeStaticString(#"{"success":true,"query_ref":"#)
            buffer.writeString(template.id.description)
            buffer.writeStaticString(#","description":"#)
            buffer.writeString((template.description ?? template.name).jsonQuoted)
        }
    }

    /// What is said of the rows: the end of a document, from the comma before it on.
    static func writeTail(_ answer: QueryAnswer, _ call: QueryCall, to buffer: inout ByteBuffer) {
        buffer.writeStaticString(#","row_count":"#)
        buffer.writeString(String(answer.rows.rowCount))
        buffer.writeStaticString(#","column_count":"#)
        buffer.writeString(String(answer.rows.columnCount))
        if let affected = answer.rows.affectedRows {
            buffer.writeStaticString(#","affected_rows":"#)
            buffer.writeString(String(affected))
        }
        if answer.rows.isTruncated {
            buffer.writeStaticString(#","truncated":true"#)
            if let next = call.next(after: answer.rows) { buffer.writeString(#","next":\#(next.json)"#) }
        }
        buffer.writeStaticString(#","execution_time_ms":"#)
        writeMilliseconds(answer.executionTime, to: &buffer)
        buffer.writeStaticString(#","queue_used":""#)
        buffer.writeString(answer.queue.description)
        switch call.shape {
        case .query where answer.cache?.isKept == true: buffer.writeStaticString(#"","cached":true}"#)
        case .query: buffer.writeStaticString(#"","cached":false}"#)
        case .conduit(let unused) where unused.isEmpty: buffer.writeStaticString(#""}"#)
        case .conduit(let unused):
            buffer.writeStaticString(#"","message":"#)
            buffer.writeString("Unused parameters: \(unused.joined(separator: ", "))".jsonQuoted)
            buffer.writeStaticString("}")
        }
    }

    /// Milliseconds to the microsecond, without zeros at the end: `0.41`, `12`.
    static func writeMilliseconds(_ duration: Duration, to buffer: inout ByteBuffer) {
        let (seconds, attoseconds) = duration.components
        let microseconds = max(0, seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
        buffer.writeString(String(microseconds / 1000))
        var (rest, unit) = (microseconds % 1000, Int64(100))
        if rest > 0 { buffer.writeInteger(UInt8(ascii: ".")) }
        while rest > 0 {
            buffer.writeInteger(UInt8(ascii: "0") + UInt8(rest / unit))
            (rest, unit) = (rest % unit, unit / 10)
        }
    }
}

extension CacheNote {
    /// Whether the rows were kept from an earlier call.
    fileprivate var isKept: Bool { source == .hit || source == .stale }
}
