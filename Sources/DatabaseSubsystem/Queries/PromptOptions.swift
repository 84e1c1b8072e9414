/// What a template for an AI endpoint says of its request besides the prompt.
package struct PromptOptions: Sendable, Hashable {
    /// The model; `nil` for the connection's.
    let model: String?
    /// The system prompt; `nil` for the connection's.
    let system: String?
    /// What the reply must be; `nil` for a text.
    let schema: ReplySchema?

    /// The options of a template; `nil` when it has none.
    init?(model: String?, system: String?, schema: ReplySchema?) {
        guard model != nil || system != nil || schema != nil else { return nil }
        self.model = model
        self.system = system
        self.schema = schema
    }

    /// The longest name of a model, in characters.
    static let longestModel = 256
}
