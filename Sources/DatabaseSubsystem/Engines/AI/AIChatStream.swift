import HydrogenCore
import NIOCore

/// A reply to a chat that comes piece by piece: each piece of text is a row, and a last one says how it ended. Pure.
struct AIChatStream {
    private var decoder = AIEventDecoder()
    private var finishReason = JSONValue.null
    private var model = JSONValue.null
    private var usage = AIUsage(nil)
    private var hasEnded = false
    private var collector: RowCollector
    private let words: EndpointWords

    init(_ words: EndpointWords) {
        self.words = words
        // The pieces of one text are no rows of which some could do.
        collector = RowCollector(RowColumns(AIRows.chatColumns.map(\.name)), as: ResultForm(.ndjson))
    }

    /// Takes bytes of the reply.
    ///
    /// - Throws: `unavailable` for what is not of the API, and for an error that the endpoint tells in the midst.
    mutating func append(_ bytes: ByteBuffer) throws(DatabaseError) {
        let events: [[UInt8]]
        do throws(AIEventDecoder.TooLong) {
            events = try decoder.append(bytes.readableBytesView)
        } catch {
            throw .notUnderstood("an event of more than \(AIEventDecoder.longestEvent) bytes")
        }
        for event in events { try take(event) }
    }

    /// The rows since the last call.
    mutating func takeRows() -> ByteBuffer { collector.takePiece() }

    /// Ends the rows with the one that says how the reply ended.
    ///
    /// - Throws: `unavailable` for a reply that was cut off.
    mutating func finish() throws(DatabaseError) -> QueryRows {
        guard hasEnded || finishReason != .null else { throw .cutOff }
        append(AIRows.row(.null, finishReason, model, usage))
        return collector.finish(affectedRows: nil)
    }

    private mutating func take(_ event: [UInt8]) throws(DatabaseError) {
        guard !event.elementsEqual("[DONE]".utf8) else {
            hasEnded = true
            return
        }
        let chunk: JSONValue
        do throws(JSONFault) {
            chunk = try JSONParser(options: .strict).parse(event).value
        } catch {
            throw .notUnderstood("a stream of something else than JSON")
        }
        if let error = chunk["error"]?.value, error != .null {
            throw DatabaseError(
                .unavailable,
                "the endpoint broke off its reply\(words.code(of: error).map { " (\($0))" } ?? "")",
                retryAfter: .seconds(1)
            )
        }
        if let name = chunk["model"]?.value, name != .null { model = words.name(name) }
        if let counts = chunk["usage"]?.value, counts != .null { usage = AIUsage(counts) }
        guard case .array(let choices)? = chunk["choices"]?.value, let choice = choices.first?.value else { return }
        if let reason = choice["finish_reason"]?.value, reason != .null { finishReason = words.name(reason) }
        guard let content = choice["delta"]?.value["content"]?.value, case .string(let text) = content, !text.isEmpty
        else { return }
        append(AIRows.row(content, .null, .null, AIUsage(nil)))
    }

    private mutating func append(_ row: [JSONValue]) {
        _ = collector.appendRow { column, writer in writer.json(row[column]) }
    }
}

extension DatabaseError {
    /// For a reply whose end did not come.
    static let cutOff = DatabaseError(
        .unavailable,
        "the endpoint ended the connection in the midst of its reply; a retry asks, and costs, once more",
        retryAfter: .seconds(1)
    )
}
