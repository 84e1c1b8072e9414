import HydrogenCore

/// What an endpoint is asked: the bytes of one request's body. Pure.
struct AIRequest {
    private let settings: AISettings
    private let text: String
    private let options: PromptOptions?
    /// Whether the reply is to come piece by piece.
    private let isStreamed: Bool

    /// A request for a template's text with values put in.
    init(
        _ settings: AISettings,
        _ prompt: ParsedSQL,
        _ values: [ParameterValue],
        _ options: PromptOptions?,
        isStreamed: Bool
    ) {
        self.settings = settings
        self.text = prompt.joined { values[$0].promptText }
        self.options = options
        self.isStreamed = isStreamed
    }

    /// The body as compact JSON.
    var body: String {
        var members = ["\"model\":" + (options?.model ?? settings.model).jsonQuoted]
        switch settings.mode {
        case .embeddings: members.append("\"input\":" + text.jsonQuoted)
        case .chat: members += chatMembers
        }
        members += settings.options.map { "\($0.name.jsonQuoted):\($0.value.jsonText)" }
        return "{" + members.joined(separator: ",") + "}"
    }

    private var chatMembers: [String] {
        var messages: [String] = []
        if let system = options?.system ?? settings.system {
            messages.append(#"{"role":"system","content":\#(system.jsonQuoted)}"#)
        }
        messages.append(#"{"role":"user","content":\#(text.jsonQuoted)}"#)
        var members = ["\"messages\":[" + messages.joined(separator: ",") + "]"]
        if let temperature = settings.temperature { members.append("\"temperature\":" + temperature.jsonText) }
        if let tokens = settings.maximumTokens { members.append("\"max_tokens\":\(tokens)") }
        if let schema = options?.schema {
            let format = #"{"name":"reply","strict":\#(schema.isStrict),"schema":\#(schema.text)}"#
            members.append(#""response_format":{"type":"json_schema","json_schema":\#(format)}"#)
        }
        if isStreamed { members.append(#""stream":true,"stream_options":{"include_usage":true}"#) }
        return members
    }
}

extension ParameterValue {
    /// The value as a prompt has it: text as it is, numbers as JSON prints them, `true`, `false`, `null`.
    var promptText: String {
        switch content {
        case .null: "null"
        case .integer(let number): String(number)
        case .float(let number): number.jsonText
        case .boolean(let flag): flag ? "true" : "false"
        case .text(let text): text
        }
    }
}

extension Double {
    /// The shortest JSON number that reads back as this one, whole ones without `.0`. The number must be finite.
    fileprivate var jsonText: String {
        let text = description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
