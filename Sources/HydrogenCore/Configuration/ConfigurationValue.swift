/// One value of a configuration after substitution, with what it stands on.
struct ConfigurationValue: Sendable {
    /// The value, typed after its contents when one reference was all of it.
    let json: JSONValue
    /// The text that a reference gave, before it was typed; `nil` when the file itself holds the value.
    let substituted: String?
    /// The variables and files it stands on, in order.
    let sources: [ConfigurationSubstitution.Source]
    /// Where it begins in the file.
    let location: JSONLocation

    /// The value as text: what the file holds as a text, or whatever a reference gave.
    var text: String? {
        if case .string(let text) = json { return text }
        return substituted
    }

    /// Whether a dump must not show it: it came from a secret file, or from a variable that by its name is a secret.
    var isHidden: Bool {
        sources.contains { source in
            switch source {
            case .file: true
            case .environment(let name): Self.namesSecret(name)
            }
        }
    }

    /// Where it came from, in the words of ``EffectiveValue/origin``.
    var origin: String {
        sources.isEmpty ? "file:\(location.line)" : sourcesInWords
    }

    /// What a fault says of it.
    ///
    /// What did not stand in the file itself is not shown: it may be a secret out of place.
    func inWords(isSecret: Bool) -> String {
        guard sources.isEmpty else { return "\(json.kindInWords) from \(sourcesInWords)" }
        switch json {
        case .string(let text): return isSecret ? "a hidden value" : text.excerpt()
        case .number(let literal) where !isSecret:
            return literal.utf8.count > 40 ? "a number of \(literal.utf8.count) characters" : literal
        case .boolean, .null: return isSecret ? json.kindInWords : json.jsonText
        case .number, .array, .object: return json.kindInWords
        }
    }

    private var sourcesInWords: String {
        let words = sources.map { source in
            switch source {
            case .environment(let name): "env \(name)"
            case .file(let path): "file \(path)"
            }
        }
        return words.joined(separator: ", ")
    }

    private static func namesSecret(_ name: String) -> Bool {
        let upper = name.uppercased()
        return ["PASS", "SECRET", "TOKEN", "KEY", "DSN", "CREDENTIAL"].contains { upper.contains($0) }
    }
}

extension ConfigurationSubstitution {
    /// What became of a node of the file.
    enum Resolution {
        case present(ConfigurationValue)
        /// Unset variables without default: the key counts as absent.
        case unset([String])
        case refused(expected: String, got: String)
    }

    /// Replaces the references of a node and of everything in it; elements and members that are unset fall out.
    func resolve(_ node: JSONNode) -> Resolution {
        switch node.value {
        case .string(let text): resolve(text, at: node.location)
        case .array(let elements): resolve(elements.map { ($0, $0) }, at: node.location) { .array($0.map(\.1)) }
        case .object(let members):
            resolve(members.map { ($0, $0.node) }, at: node.location) { pairs in
                .object(pairs.map { JSONMember(name: $0.name, nameLocation: $0.nameLocation, node: $1) })
            }
        case .null, .boolean, .number: .present(value(node.value, at: node.location))
        }
    }

    private func resolve(_ text: String, at location: JSONLocation) -> Resolution {
        switch apply(to: text) {
        case .unchanged: return .present(value(.string(text), at: location))
        case .replaced(let result, let isWhole, let sources):
            let json = isWhole ? Self.typed(result) : .string(result)
            return .present(ConfigurationValue(json: json, substituted: result, sources: sources, location: location))
        case .unset(let names): return .unset(names)
        case .refused(let expected, let got): return .refused(expected: expected, got: got)
        }
    }

    private func resolve<Item>(
        _ items: [(item: Item, node: JSONNode)],
        at location: JSONLocation,
        whole: ([(Item, JSONNode)]) -> JSONValue
    ) -> Resolution {
        var sources: [Source] = []
        var kept: [(Item, JSONNode)] = []
        for (item, node) in items {
            switch resolve(node) {
            case .present(let value):
                sources += value.sources
                kept.append((item, JSONNode(value: value.json, location: node.location)))
            case .unset: continue
            case .refused(let expected, let got): return .refused(expected: expected, got: got)
            }
        }
        return .present(ConfigurationValue(json: whole(kept), substituted: nil, sources: sources, location: location))
    }

    private func value(_ json: JSONValue, at location: JSONLocation) -> ConfigurationValue {
        ConfigurationValue(json: json, substituted: nil, sources: [], location: location)
    }

    /// The type that a text has by its contents: boolean in any letter case, a JSON number, else text.
    static func typed(_ text: String) -> JSONValue {
        switch text.lowercased() {
        case "true": .boolean(true)
        case "false": .boolean(false)
        default: JSONLexer.isNumber(text) ? .number(text) : .string(text)
        }
    }
}

extension JSONLexer {
    /// Whether a text as a whole is a number as JSON writes it.
    static func isNumber(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            var lexer = JSONLexer(bytes, isLenient: false)
            let range = try? lexer.number()
            return range?.count == bytes.count
        }
    }
}
