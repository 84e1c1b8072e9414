/// Reads one object of a configuration; the keys that are asked for are its known keys.
///
/// A fault never stops reading: the reader notes it, answers with the default or placeholder, and `decode` throws all
/// of them together. A reader lives for the length of the `decode` body that got it and is used by one thread.
public final class ConfigurationReader {
    /// What stands under a key.
    enum Lookup {
        /// Nothing, perhaps because these variables are unset.
        case absent(unset: [String])
        case present(ConfigurationValue)
        /// Something whose fault has been noted.
        case refused
    }

    /// The concrete path of the object; empty for the outermost one.
    public let path: String

    let decoding: ConfigurationDecoding
    let members: [JSONMember]
    /// Where the object begins, or the one around it when it is absent.
    let location: JSONLocation
    private let index: [String: JSONNode]
    /// Whether faults are dropped: the object itself is at fault already.
    private let isMuted: Bool
    private var known: Set<String> = []

    init(
        path: String,
        members: [JSONMember],
        location: JSONLocation,
        isMuted: Bool = false,
        decoding: ConfigurationDecoding
    ) {
        self.path = path
        self.members = members
        self.index = Dictionary(members.lazy.map { ($0.name, $0.node) }) { first, _ in first }
        self.location = location
        self.isMuted = isMuted
        self.decoding = decoding
    }

    /// Where the relative paths of the configuration lead.
    public var files: ConfigurationFiles { decoding.files }

    /// Whether the key has a value; one whose variable is unset has none.
    public func isPresent(_ key: String) -> Bool {
        guard let node = node(key) else { return false }
        if case .unset = decoding.substitution.resolve(node) { return false }
        return true
    }

    /// Makes keys known without reading them, as those of a part that is switched off.
    public func accept(_ keys: String...) {
        known.formUnion(keys)
    }

    /// Makes every key that is there known, where what they mean cannot be told: of a part whose kind is at fault.
    public func acceptAll() {
        known.formUnion(members.map(\.name))
    }

    /// Notes a fault that concerns several keys, such as `Min > Max`.
    ///
    /// - Parameters:
    ///   - key: The key at fault; `nil` for the object as a whole.
    ///   - expected: What must hold.
    ///   - got: What does not; never a secret.
    ///   - suggestion: What was probably meant.
    public func fault(_ key: String?, expected: String, got: String, suggestion: String? = nil) {
        guard !isMuted else { return }
        let place = key.flatMap { index[$0]?.location } ?? location
        decoding.add((expected, got, suggestion), at: key.map(pathOf) ?? path, place)
    }
}

// MARK: - For the topics of the reader

extension ConfigurationReader {
    func pathOf(_ key: String) -> String { ConfigurationPath.member(key, of: path) }

    /// What the file holds under a key, which becomes known.
    func node(_ key: String) -> JSONNode? {
        known.insert(key)
        return index[key]
    }

    func lookup(_ key: String) -> Lookup {
        guard let node = node(key) else { return .absent(unset: []) }
        return resolve(node, at: pathOf(key))
    }

    func resolve(_ node: JSONNode, at path: String) -> Lookup {
        switch decoding.substitution.resolve(node) {
        case .present(let value): return .present(value)
        case .unset(let names): return .absent(unset: names)
        case .refused(let expected, let got):
            fault(at: path, node.location, expected: expected, got: got)
            return .refused
        }
    }

    func fault(at path: String, _ place: JSONLocation, expected: String, got: String, suggestion: String? = nil) {
        guard !isMuted else { return }
        decoding.add((expected, got, suggestion), at: path, place)
    }

    /// Reads a value as its kind and records it; notes the fault and answers `nil` when it is not of the kind.
    func read<T>(_ value: ConfigurationValue, _ kind: ValueKind<T>, at path: String, reloadable: Bool) -> T? {
        switch kind.read(value) {
        case .value(let found):
            let shown = kind.shown(found, isHidden: value.isHidden)
            record(path, shown, origin: value.origin, reloadable: reloadable)
            return found
        case .refused(let suggestion):
            let got = value.inWords(isSecret: kind.isSecret)
            let mayHint = !kind.isSecret && value.sources.isEmpty
            fault(at: path, value.location, expected: kind.expected, got: got, suggestion: mayHint ? suggestion : nil)
            return nil
        }
    }

    func record(_ path: String, _ shown: String, origin: String, reloadable: Bool) {
        decoding.record(EffectiveValue(path: path, shown: shown, origin: origin, reloadable: reloadable))
    }

    /// A reader of an object in this one.
    func child(_ members: [JSONMember], at location: JSONLocation, path: String, isMuted: Bool) -> ConfigurationReader {
        ConfigurationReader(
            path: path,
            members: members,
            location: location,
            isMuted: isMuted || self.isMuted,
            decoding: decoding
        )
    }

    /// Reads with `body`, then notes every key that it did not ask for.
    func run<T>(_ body: (ConfigurationReader) -> T) -> T {
        let result = body(self)
        for member in members where !known.contains(member.name) && !ConfigurationPath.isExtension(member.name) {
            fault(
                at: pathOf(member.name),
                member.nameLocation,
                expected: expectedKeys,
                got: "the unknown key \(member.name.excerpt())",
                suggestion: NearestName.find(member.name, among: known.sorted())
            )
        }
        return result
    }

    private var expectedKeys: String {
        known.isEmpty ? "no keys" : "one of \(known.sorted().joined(separator: ", "))"
    }
}
