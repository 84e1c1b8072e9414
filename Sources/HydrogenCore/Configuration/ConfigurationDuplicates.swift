/// The names that stand twice in an object of a configuration, found before anything is read.
struct ConfigurationDuplicates: Sendable {
    private let file: String
    /// The faults with the outermost section that each stands in.
    private var found: [(section: String, fault: ConfigurationFault)] = []

    init(in root: JSONNode, file: String) {
        self.file = file
        search(root, path: "", section: nil)
    }

    /// The faults of one outermost section; of all sections for `nil`.
    func faults(of section: String? = nil) -> [ConfigurationFault] {
        found.filter { section == nil || $0.section == section }.map(\.fault)
    }

    private mutating func search(_ node: JSONNode, path: String, section: String?) {
        switch node.value {
        case .null, .boolean, .number, .string: return
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                search(element, path: ConfigurationPath.element(index, of: path), section: section)
            }
        case .object(let members): search(members, path: path, section: section)
        }
    }

    private mutating func search(_ members: [JSONMember], path: String, section: String?) {
        var seen: [String: JSONLocation] = [:]
        for member in members where !ConfigurationPath.isExtension(member.name) {
            let memberPath = ConfigurationPath.member(member.name, of: path)
            if let first = seen[member.name] {
                add(member, at: memberPath, first: first, section: section ?? member.name)
            } else {
                seen[member.name] = member.nameLocation
            }
            search(member.node, path: memberPath, section: section ?? member.name)
        }
    }

    private mutating func add(_ member: JSONMember, at path: String, first: JSONLocation, section: String) {
        let fault = ConfigurationFault(
            file: file,
            location: member.nameLocation,
            path: path,
            expected: "each key once in an object",
            got: "\(member.name.excerpt()) again, first in line \(first.line)"
        )
        found.append((section, fault))
    }
}
