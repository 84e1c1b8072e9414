import HydrogenCore

/// A configuration with one thing changed that keeps it JSON.
struct StructuredMutation {
    enum Kind: CaseIterable { case rename, changeType, delete, duplicate, swap, negate, enlarge, nest }

    let kind: Kind
    /// The key that was changed, before and after the change.
    let originalKey: String
    let key: String
    let text: String

    /// Changes one member chosen by the dice; `nil` when the kind does not fit it.
    init?(of root: JSONNode, kind: Kind, dice: inout SeededGenerator) {
        let count = root.memberCount
        var target = Int.random(in: 0..<count, using: &dice)
        var other = Int.random(in: 0..<count, using: &dice)
        let stranger = root.member(at: &other)
        var originalKey: String?
        var key = ""
        let changed = root.replacingMember(at: &target) { member in
            originalKey = member.name
            let (name, values) = Self.change(member, kind, stranger: stranger, dice: &dice)
            key = name ?? member.name
            return values.map { JSONMember(name: name ?? member.name, nameLocation: .start, node: $0) }
        }
        guard let originalKey, changed != root else { return nil }
        self.kind = kind
        self.originalKey = originalKey
        self.key = key
        self.text = changed.value.jsonText
    }

    private static func change(
        _ member: JSONMember,
        _ kind: Kind,
        stranger: JSONMember?,
        dice: inout SeededGenerator
    ) -> (name: String?, values: [JSONNode]) {
        let node = member.node
        switch kind {
        case .rename:
            return (
                ["\(member.name)x", String(member.name.dropLast()), "ä\n\u{1F600}"].randomElement(using: &dice), [node]
            )
        case .changeType: return (nil, [.of(wrongTypes.randomElement(using: &dice) ?? .null)])
        case .delete: return (nil, [])
        case .duplicate: return (nil, [node, node])
        case .swap: return (nil, [stranger?.node ?? node])
        case .negate:
            guard case .number(let literal) = node.value else { return (nil, [node]) }
            return (nil, [.of(.number("-\(literal)"))])
        case .enlarge:
            guard case .number(let literal) = node.value else { return (nil, [node]) }
            return (
                nil,
                [
                    .of(
                        .number(
                            ["\(literal)e999", literal + String(repeating: "0", count: 300)].randomElement(using: &dice)
                                ?? ""
                        )
                    )
                ]
            )
        case .nest:
            let depth = Int.random(in: 1...90, using: &dice)
            return (nil, [(0..<depth).reduce(node) { inner, _ in .of(.array([inner])) }])
        }
    }

    private static let wrongTypes: [JSONValue] = [
        .null, .boolean(true), .number("7"), .string("seven"), .string("${env.ACURANZO_PASS}"), .string("${file:gone}"),
        .string("${env.GONE}"), .string("${env.}"), .array([]), .object([]), .string(""),
    ]
}

/// A configuration with some bytes changed.
enum ByteMutation: CaseIterable {
    case flip, insert, delete, truncate, invalidate

    func apply(to text: [UInt8], dice: inout SeededGenerator) -> [UInt8] {
        var bytes = text
        let place = Int.random(in: 0..<bytes.count, using: &dice)
        switch self {
        case .flip: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
        case .insert: bytes.insert(UInt8.random(in: 0...255, using: &dice), at: place)
        case .delete: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...8, using: &dice)))
        case .truncate: bytes.removeSubrange(place...)
        case .invalidate:
            let wrong: [[UInt8]] = [
                [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xEF, 0xBB, 0xBF], [0x00], [0xE2, 0x82],
            ]
            bytes.insert(contentsOf: wrong.randomElement(using: &dice) ?? [], at: place)
        }
        return bytes
    }
}

extension JSONNode {
    fileprivate static func of(_ value: JSONValue) -> JSONNode { JSONNode(value: value, location: .start) }

    /// How many members stand in this node, those inside of members too; `x-` members are left out.
    fileprivate var memberCount: Int {
        switch value {
        case .null, .boolean, .number, .string: 0
        case .array(let elements): elements.reduce(0) { $0 + $1.memberCount }
        case .object(let members): members.reduce(0) { $0 + ($1.isExtension ? 0 : 1 + $1.node.memberCount) }
        }
    }

    fileprivate func member(at index: inout Int) -> JSONMember? {
        var found: JSONMember?
        _ = replacingMember(at: &index) { member in
            found = member
            return [member]
        }
        return found
    }

    /// The node with the member at an index, counted in depth first, replaced by others.
    fileprivate func replacingMember(at index: inout Int, by change: (JSONMember) -> [JSONMember]) -> JSONNode {
        switch value {
        case .null, .boolean, .number, .string: return self
        case .array(let elements):
            return JSONNode(
                value: .array(elements.map { $0.replacingMember(at: &index, by: change) }),
                location: location
            )
        case .object(let members):
            var result: [JSONMember] = []
            for member in members {
                guard !member.isExtension else {
                    result.append(member)
                    continue
                }
                index -= 1
                if index == -1 {
                    result += change(member)
                } else {
                    let node = member.node.replacingMember(at: &index, by: change)
                    result.append(JSONMember(name: member.name, nameLocation: member.nameLocation, node: node))
                }
            }
            return JSONNode(value: .object(result), location: location)
        }
    }
}

extension JSONMember {
    fileprivate var isExtension: Bool { name.hasPrefix("x-") }
}
