import HydrogenCore
import NIOCore
import NIOHTTP1

/// What an endpoint answered to one request.
struct AIReply: Sendable {
    let status: HTTPResponseStatus
    let headers: HTTPHeaders
    /// The whole body; of a reply that came piece by piece, nothing.
    let body: ByteBuffer

    /// Whether the request was done.
    var isSuccess: Bool { (200..<300).contains(status.code) }

    /// The body as JSON.
    ///
    /// - Throws: `unavailable` for what is no JSON: a page of a proxy, say.
    func json() throws(DatabaseError) -> JSONValue {
        var options = JSONParser.Options.strict
        options.maximumDepth = 256
        options.maximumBytes = .max
        do throws(JSONFault) {
            return try JSONParser(options: options).parse(body.readableBytesView).value
        } catch {
            throw .notUnderstood("no JSON (\(error.location))")
        }
    }
}

extension DatabaseError {
    /// For a reply that is not of the API.
    static func notUnderstood(_ what: String) -> DatabaseError {
        DatabaseError(
            .unavailable,
            "the endpoint's reply is \(what); look whether Endpoint leads to an OpenAI-compatible API",
            retryAfter: .seconds(1)
        )
    }
}

/// The reply to a chat, taken apart.
struct AIChatReply {
    /// One of the answers; nearly always there is but one.
    struct Choice {
        /// The text, or null.
        let content: JSONValue
        /// Why the model would not answer; `nil` when it did.
        let refusal: String?
        let finishReason: JSONValue

        fileprivate init(_ choice: JSONValue) {
            let message = choice["message"]?.value
            content = message?["content"]?.value ?? .null
            refusal = if case .string(let text)? = message?["refusal"]?.value, !text.isEmpty { text } else { nil }
            finishReason = choice["finish_reason"]?.value ?? .null
        }
    }

    let choices: [Choice]
    let model: JSONValue
    /// The counts of tokens, of all choices together.
    let usage: AIUsage

    /// - Throws: `unavailable` for what is no reply to a chat.
    init(_ reply: JSONValue) throws(DatabaseError) {
        guard case .array(let choices)? = reply["choices"]?.value, !choices.isEmpty else {
            throw .notUnderstood("no answer to a chat")
        }
        self.choices = choices.map { Choice($0.value) }
        model = reply["model"]?.value ?? .null
        usage = AIUsage(reply["usage"]?.value)
    }
}

/// What a request has cost, in tokens; null where the endpoint does not say.
struct AIUsage {
    let prompt: JSONValue
    let completion: JSONValue
    let total: JSONValue

    init(_ usage: JSONValue?) {
        prompt = Self.count(usage?["prompt_tokens"]?.value)
        completion = Self.count(usage?["completion_tokens"]?.value)
        total = Self.count(usage?["total_tokens"]?.value)
    }

    /// A number; null for anything else.
    static func count(_ value: JSONValue?) -> JSONValue {
        guard case .number? = value, let value else { return .null }
        return value
    }
}
