import HydrogenCore

@testable import hydrogen

/// `config/full.json` with every section that it shows, and what the readers of the configuration say to it.
struct FullConfiguration {
    private let root: JSONNode

    init() throws {
        // The one section that cannot be shown with its default.
        let text = try SourceTree.text(of: "config/full.json").replacing("// \"TLS\"", with: "\"TLS\"")
        root = try JSONParser(options: .configuration).parse(Array(text.utf8))
    }

    /// What is in force.
    func effective() throws -> [EffectiveValue] {
        try Self.decode(root.value.jsonText)
    }

    /// Every key that is read, with `[]` in the place of indices; found by asking for one more in each object.
    func keys() throws -> Set<String> {
        let faults = Self.faults(of: Self.withUnknownKeys(root.value).jsonText)
        var objects: Set<String> = []
        var keys: Set<String> = []
        for fault in faults where fault.got.hasPrefix("the unknown key") {
            let object = Self.general(fault.path.split(separator: ".").dropLast().joined(separator: "."))
            objects.insert(object)
            let known = fault.expected.dropFirst("one of ".count).split(separator: ", ")
            keys.formUnion(known.map { object.isEmpty ? String($0) : "\(object).\($0)" })
        }
        return keys.filter { !objects.contains($0) && !objects.contains("\($0)[]") }
    }

    /// What a value of each key must be, in the words of faults; found by giving every key an empty array.
    func expectations() -> [(key: String, expected: String)] {
        // Without its engine the keys of a connection mean nothing: they are asked for once with it and once without.
        (Self.faults(of: Self.withArrays(root.value).jsonText)
            + Self.faults(of: Self.withArrays(root.value, keeping: ["Engine", "Type"]).jsonText))
            .filter { $0.got == "an array" }
            // Of a list of texts the elements are asked.
            .map { (Self.general($0.path).replacing(/\[\]$/, with: ""), $0.expected) }
    }

    /// A path with `[]` in the place of indices, and of a level the key that holds all levels.
    static func general(_ path: String) -> String {
        let general = path.replacing(/\[[0-9]+\]/, with: "[]")
        let connection = "Databases.Connections[]"
        let free = [
            "Logging.Levels", "\(connection).Parameters", "\(connection).Bootstrap.Params",
            "\(connection).Options", "API.Auth.APIKeys[].Claims",
        ]
        return free.first { general.hasPrefix("\($0).") } ?? general
    }

    /// The effective values of a configuration text.
    static func decode(_ text: String) throws -> [EffectiveValue] {
        try ConfigurationDocument(
            parsing: Array(text.utf8),
            file: "hydrogen.json",
            files: .folder(SourceTree.path(of: "config")),
            environment: [:]
        ).decode(HydrogenConfiguration.init).effective
    }

    /// Everything that is wrong with a configuration text.
    static func faults(of text: String) -> [ConfigurationFault] {
        do {
            _ = try decode(text)
            return []
        } catch {
            return (error as? ConfigurationFaults)?.faults ?? []
        }
    }

    private static func withUnknownKeys(_ value: JSONValue) -> JSONValue {
        switch value {
        case .null, .boolean, .number, .string: value
        case .array(let nodes): .array(nodes.map { node($0, withUnknownKeys($0.value)) })
        case .object(let members):
            .object(
                members.map { member($0, withUnknownKeys($0.node.value)) }
                    + members.prefix(1).map { member($0, name: "unknown", .null) }
            )
        }
    }

    private static func withArrays(_ value: JSONValue, keeping kept: Set<String> = []) -> JSONValue {
        switch value {
        case .null, .boolean, .number, .string: .array([])
        case .array(let nodes): .array(nodes.map { node($0, withArrays($0.value, keeping: kept)) })
        case .object(let members):
            .object(
                members.map { found in
                    // Any value will do within it, an array too.
                    if found.name == "Options" { return member(found, .array([])) }
                    return kept.contains(found.name)
                        ? found : member(found, withArrays(found.node.value, keeping: kept))
                }
            )
        }
    }

    private static func node(_ old: JSONNode, _ value: JSONValue) -> JSONNode {
        JSONNode(value: value, location: old.location)
    }

    private static func member(_ old: JSONMember, name: String? = nil, _ value: JSONValue) -> JSONMember {
        JSONMember(name: name ?? old.name, nameLocation: old.nameLocation, node: node(old.node, value))
    }
}
