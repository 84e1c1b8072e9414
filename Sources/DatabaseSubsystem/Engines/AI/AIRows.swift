import HydrogenCore

/// Makes rows of the replies to one template: its columns follow from what is asked for. Pure.
struct AIRows {
    private let mode: AIMode
    private let schema: ReplySchema?
    private let words: EndpointWords

    /// The columns of a chat without a schema.
    static let chatColumns = [
        StatementFacts.Column(name: "content", type: "string"),
        StatementFacts.Column(name: "finish_reason", type: "string"),
        StatementFacts.Column(name: "model", type: "string"),
        StatementFacts.Column(name: "prompt_tokens", type: "integer"),
        StatementFacts.Column(name: "completion_tokens", type: "integer"),
        StatementFacts.Column(name: "total_tokens", type: "integer"),
    ]

    private static let embeddingColumns = [
        StatementFacts.Column(name: "index", type: "integer"),
        StatementFacts.Column(name: "embedding", type: "array"),
        StatementFacts.Column(name: "model", type: "string"),
        StatementFacts.Column(name: "prompt_tokens", type: "integer"),
        StatementFacts.Column(name: "total_tokens", type: "integer"),
    ]

    /// - Parameter words: How the endpoint's words are shown that are no part of an answer.
    init(_ mode: AIMode, _ schema: ReplySchema?, _ words: EndpointWords) {
        self.words = words
        self.mode = mode
        self.schema = schema
    }

    /// The columns of the result.
    var columns: [StatementFacts.Column] {
        if let schema { return schema.columns.map { StatementFacts.Column(name: $0.name, type: $0.rule.typeName) } }
        return mode == .chat ? Self.chatColumns : Self.embeddingColumns
    }

    /// The rows of a reply.
    ///
    /// - Throws: `refused` for a reply that is not what the schema says, `unavailable` for one that is not of the API.
    func rows(of reply: JSONValue, as form: ResultForm) throws(DatabaseError) -> QueryRows {
        var collector = RowCollector(RowColumns(columns.map(\.name)), as: form)
        for row in try values(of: reply) {
            guard collector.appendRow({ column, writer in writer.json(row[column]) }) else { break }
        }
        return collector.finish(affectedRows: nil)
    }

    private func values(of reply: JSONValue) throws(DatabaseError) -> [[JSONValue]] {
        switch mode {
        case .embeddings: return try embeddings(in: reply)
        case .chat:
            let chat = try AIChatReply(reply)
            if let schema { return try rows(of: chat.choices[0], schema) }
            var rows: [[JSONValue]] = []
            for choice in chat.choices {
                if let refusal = choice.refusal, choice.content == .null { throw refused(refusal) }
                rows.append(
                    Self.row(choice.content, words.name(choice.finishReason), words.name(chat.model), chat.usage)
                )
            }
            return rows
        }
    }

    /// A row of ``chatColumns``.
    static func row(
        _ content: JSONValue,
        _ finishReason: JSONValue,
        _ model: JSONValue,
        _ usage: AIUsage
    ) -> [JSONValue] {
        [content, finishReason, model, usage.prompt, usage.completion, usage.total]
    }

    private func embeddings(in reply: JSONValue) throws(DatabaseError) -> [[JSONValue]] {
        guard case .array(let nodes)? = reply["data"]?.value, !nodes.isEmpty else {
            throw .notUnderstood("no embedding")
        }
        let usage = AIUsage(reply["usage"]?.value)
        let model = words.name(reply["model"]?.value)
        return try nodes.map { node throws(DatabaseError) in
            guard let embedding = node.value["embedding"]?.value else { throw .notUnderstood("no embedding") }
            return [AIUsage.count(node.value["index"]?.value), embedding, model, usage.prompt, usage.total]
        }
    }

    private func rows(
        of choice: AIChatReply.Choice,
        _ schema: ReplySchema
    ) throws(DatabaseError) -> [[JSONValue]] {
        if let refusal = choice.refusal { throw refused(refusal) }
        guard case .string(let text) = choice.content else {
            throw .unlikeSchema("it has no text")
        }
        let reply: JSONValue
        do throws(JSONFault) {
            reply = try JSONParser(options: .strict).parse(text.utf8).value
        } catch {
            let isCut = choice.finishReason == .string("length")
            throw .unlikeSchema(isCut ? "it was cut off at its most tokens; raise MaxTokens" : "it is no JSON")
        }
        do throws(ReplySchema.Mismatch) {
            return try schema.rows(of: reply)
        } catch {
            throw .unlikeSchema(error.description)
        }
    }

    /// For a model that would not answer.
    private func refused(_ reason: String) -> DatabaseError {
        DatabaseError(.refused, "the model would not answer", detail: words.sentence(reason))
    }
}

extension DatabaseError {
    /// For a reply that is not what its template's schema says.
    fileprivate static func unlikeSchema(_ what: String) -> DatabaseError {
        DatabaseError(.refused, "the model's reply is not what the schema says", detail: what)
    }
}
