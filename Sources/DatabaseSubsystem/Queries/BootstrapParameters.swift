import HydrogenCore

/// The parameters of a bootstrap's row: text as in a file's header, or one of three forms of JSON.
///
/// - `{"INTEGER": ["id", "year"], "STRING": ["city"]}`: names by type
/// - `{"id": "INTEGER", "city": "STRING"}`: types by name
/// - `[{"name": "id", "type": "INTEGER"}, {"name": "city", "type": "STRING", "default": "Oslo"}]`
///
/// The objects of the third form may have rules: `minimum`, `maximum`, `min_length`, `max_length`, `enum`; and `claim`, the claim of the
/// caller that is bound.
/// A parameter with a `default`, null included, may be left out. Both object forms may stand together.
struct BootstrapParameters {
    /// Something wrong.
    struct Problem: Error, Hashable {
        let expected: String
        let got: String
    }

    /// What could be read.
    private(set) var declarations: [ParameterDeclaration] = []
    /// What could not.
    private(set) var problems: [Problem] = []

    /// Reads a column's text, which is not empty.
    init(_ text: String) {
        if text.hasPrefix("{") || text.hasPrefix("[") {
            read(json: text)
        } else {
            let list = ParameterList(text)
            declarations = list.items.map(\.declaration)
            problems = list.problems.map { Problem(expected: $0.expected, got: $0.got) }
        }
        if declarations.count > ParameterDeclaration.maximumCount {
            add("at most \(ParameterDeclaration.maximumCount) parameters", got: "\(declarations.count)")
        }
    }

    private mutating func add(_ expected: String, got: String) {
        problems.append(Problem(expected: expected, got: got))
    }

    private mutating func read(json text: String) {
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONParser(options: .strict).parse(text.utf8).value
        } catch {
            return add("JSON, or NAME TYPE, NAME TYPE = DEFAULT", got: error.description)
        }
        switch value {
        case .object(let members):
            for member in members { read(member) }
        case .array(let nodes):
            for node in nodes { read(object: node.value) }
        case .null, .boolean, .number, .string:
            add("an object or an array", got: value.kindInWords)
        }
    }

    private mutating func read(_ member: JSONMember) {
        switch member.node.value {
        case .array(let nodes):
            for node in nodes {
                guard case .string(let name) = node.value else {
                    add("names in \(member.name.jsonQuoted)", got: node.value.kindInWords)
                    continue
                }
                declare(name, type: member.name, default: nil)
            }
        case .string(let type):
            declare(member.name, type: type, default: nil)
        case .null, .boolean, .number, .object:
            add("a type or an array of names for \(member.name.jsonQuoted)", got: member.node.value.kindInWords)
        }
    }

    private mutating func read(object: JSONValue) {
        guard case .string(let name)? = object["name"]?.value, case .string(let type)? = object["type"]?.value else {
            return add("objects with a text \"name\" and a text \"type\"", got: object.kindInWords)
        }
        declare(name, type: type, default: object["default"]?.value, rules: object)
    }

    private mutating func declare(_ name: String, type word: String, default json: JSONValue?, rules: JSONValue? = nil)
    {
        guard ParameterDeclaration.isValidName(name) else {
            return add("names of ASCII letters, digits and underscores", got: name.jsonQuoted)
        }
        guard let type = ParameterType(word: word) else {
            return add(ParameterList.typeNames, got: word.jsonQuoted)
        }
        guard !declarations.contains(where: { $0.name == name }) else {
            return add("each parameter once", got: "\(name) a second time")
        }
        let rule: ParameterRule?
        switch rules.map({ ParameterRule.read($0, of: type) }) {
        case .success(let found): rule = found
        case .failure(let problem): return add(problem.expected + " for \(name)", got: problem.got)
        case nil: rule = nil
        }
        switch rules?["claim"]?.value {
        case nil: break
        case .string(let claim) where json == nil && ParameterDeclaration.isValidClaim(claim):
            return declarations.append(ParameterDeclaration(name, type, claim: claim, rule: rule))
        default: return add("the name of a claim, and no default beside it, for \(name)", got: "another claim")
        }
        guard let json else {
            return declarations.append(ParameterDeclaration(required: name, type, rule: rule))
        }
        let given = ProvidedValue.json(json, group: nil)
        guard let value = given.value(as: type) else {
            return add("a default of type \(type.rawValue) for \(name)", got: given.kindName(against: type))
        }
        declarations.append(ParameterDeclaration(name, type, default: value, rule: rule))
    }
}

extension ParameterRule {
    /// Reads the rule of a declaration in JSON; `nil` of one without.
    fileprivate static func read(
        _ object: JSONValue,
        of type: ParameterType
    ) -> Result<ParameterRule?, BootstrapParameters.Problem> {
        let keys = ["minimum", "maximum", "min_length", "max_length", "enum"]
        let there = keys.filter { object[$0] != nil }
        guard let first = there.first else { return .success(nil) }
        func problem(_ expected: String) -> Result<ParameterRule?, BootstrapParameters.Problem> {
            .failure(BootstrapParameters.Problem(expected: expected, got: there.joined(separator: ", ")))
        }
        func content(_ key: String) -> ParameterValue.Content? {
            object[key].flatMap { ProvidedValue.json($0.value, group: nil).value(as: type)?.content }
        }
        func length(_ key: String, _ absent: Int) -> Int? {
            guard let node = object[key] else { return absent }
            if case .number(let text) = node.value { return Int(text) }
            return nil
        }
        let isText = type == .string || type == .text
        switch first {
        case "enum":
            guard there.count == 1, case .array(let nodes)? = object["enum"]?.value else {
                return problem("an array enum, and no other rule beside it")
            }
            let values = nodes.compactMap { ProvidedValue.json($0.value, group: nil).value(as: type)?.content }
            guard values.count == nodes.count, !values.isEmpty else {
                return problem("values of \(type.rawValue) in enum")
            }
            return .success(.oneOf(values))
        case "min_length", "max_length":
            guard isText, let least = length("min_length", 0), let most = length("max_length", .max), 0 <= least,
                least <= most
            else { return problem("min_length and max_length in characters, of STRING or TEXT") }
            return .success(.length(least...most))
        default:
            guard [.integer, .float, .date].contains(type), there.allSatisfy({ content($0) != nil }) else {
                return problem("minimum and maximum of INTEGER, FLOAT or DATE")
            }
            return .success(.range(content("minimum"), content("maximum")))
        }
    }
}
