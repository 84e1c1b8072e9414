import DatabaseSubsystem
import NIOCore

extension Answer.Content {
    /// What the body of a result is.
    init(_ format: RowFormat) {
        switch format {
        case .json: self = .json
        case .ndjson: self = .ndjson
        case .csv: self = .csv
        }
    }
}

/// What stands around the rows of a result, and what tells that it is complete.
///
/// JSON has it in the document, behind the rows; NDJSON in its last line, which is that document without its rows; CSV in
/// header fields, and in trailer fields where the rows are sent while they are read.
extension Answer {
    /// The headers of every result: which format it has was the client's choice.
    static let negotiated = [("Vary", "Accept")]

    /// The beginning of a response whose rows are sent while they are read.
    init(streaming call: QueryCall) {
        var buffer = ByteBuffer()
        Self.writeBeginning(call, to: &buffer)
        self.init(content: Content(call.format), buffer)
        hasLength = false
        tableVersion = call.tableVersion
        headers = Self.negotiated
        guard call.format == .csv else { return }
        let truncation = call.query.maximumRows == nil ? "" : ", X-Truncated"
        let link = call.pageLink == nil ? "" : ", Link"
        headers.append(("Trailer", "X-Row-Count, X-Complete\(truncation)\(link)"))
    }

    /// The end of such a response: the last rows, and what stands behind them.
    static func streamEnd(_ answer: QueryAnswer, to call: QueryCall) -> [ByteBuffer] {
        var end = ByteBuffer()
        writeEnd(answer, call, to: &end)
        return [answer.rows.body, end]
    }

    /// The end of such a response when the rest of the rows will not come; `nil` where only a missing end can tell.
    static func streamEnd(_ error: WebError, to call: QueryCall, requestID: String) -> [ByteBuffer]? {
        guard call.format == .ndjson else { return nil }
        return Answer(error, requestID: requestID).body + [ByteBuffer(string: "\n")]
    }

    /// What tells of rows in CSV that they are all, and how many.
    static func completeness(of answer: QueryAnswer, to call: QueryCall) -> [(String, String)] {
        guard call.format == .csv else { return [] }
        var fields = [("X-Row-Count", String(answer.rows.rowCount)), ("X-Complete", "true")]
        if answer.rows.isTruncated { fields.append(("X-Truncated", "true")) }
        if let affected = answer.rows.affectedRows { fields.append(("X-Affected-Rows", String(affected))) }
        return fields
    }

    /// The trailer fields of a response whose rows were sent while they were read.
    static func trailers(of answer: QueryAnswer, to call: QueryCall) -> [(String, String)] {
        guard call.format == .csv else { return [] }
        let link = link(behind: answer, to: call).map { [("Link", $0)] } ?? []
        return completeness(of: answer, to: call) + link
    }

    /// What leads from a truncated result to the next page.
    static func link(behind answer: QueryAnswer, to call: QueryCall) -> String? {
        guard let link = call.pageLink, let next = call.next(after: answer.rows) else { return nil }
        return link.header(to: next)
    }

    /// What stands before the rows.
    static func writeBeginning(_ call: QueryCall, to buffer: inout ByteBuffer) {
        guard call.format == .json else { return }
        writeDescription(of: call, to: &buffer)
        buffer.writeStaticString(#","rows":"#)
    }

    /// What stands behind the rows.
    static func writeEnd(_ answer: QueryAnswer, _ call: QueryCall, to buffer: inout ByteBuffer) {
        switch call.format {
        case .json: writeTail(answer, call, to: &buffer)
        case .ndjson:
            writeDescription(of: call, to: &buffer)
            writeTail(answer, call, to: &buffer)
            buffer.writeStaticString("\n")
        case .csv: break
        }
    }
}
