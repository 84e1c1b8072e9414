extension ConfigurationReader {
    /// What stands under a key that holds an object or an array.
    private enum Container<Content> {
        case absent
        case present(Content, JSONLocation)
        case refused
    }

    /// Reads the object under a key.
    ///
    /// When it is absent, `body` reads an empty one, so that its defaults are recorded.
    public func section<T>(_ key: String, _ body: (ConfigurationReader) -> T) -> T {
        let path = pathOf(key)
        let reader =
            switch object(key) {
            case .absent: child([], at: location, path: path, isMuted: false)
            case .present(let members, let place): child(members, at: place, path: path, isMuted: false)
            case .refused: child([], at: location, path: path, isMuted: true)
            }
        return reader.run(body)
    }

    /// Reads the object under a key; `nil` when it is absent.
    public func optionalSection<T>(_ key: String, _ body: (ConfigurationReader) -> T) -> T? {
        guard case .present(let members, let place) = object(key) else { return nil }
        return child(members, at: place, path: pathOf(key), isMuted: false).run(body)
    }

    /// Reads an array of objects; empty when the key is absent.
    public func list<T>(_ key: String, _ body: (ConfigurationReader) -> T) -> [T] {
        guard case .present(let elements, _) = array(key, of: "objects") else { return [] }
        return elements.enumerated().compactMap { index, element in
            let path = ConfigurationPath.element(index, of: pathOf(key))
            guard case .object(let members) = element.value else {
                refuse(element, at: path, expected: "an object")
                return nil
            }
            return child(members, at: element.location, path: path, isMuted: false).run(body)
        }
    }

    /// Reads an array of texts; empty when the key is absent.
    ///
    /// Elements whose variable is unset fall out.
    public func strings(_ key: String, reloadable: Bool = false) -> [String] {
        guard case .present(let elements, let place) = array(key, of: "texts") else { return [] }
        var found: [String] = []
        var shown: [String] = []
        for (index, element) in elements.enumerated() {
            let path = ConfigurationPath.element(index, of: pathOf(key))
            guard case .present(let value) = resolve(element, at: path) else { continue }
            guard let text = value.text else {
                refuse(element, at: path, expected: "text")
                continue
            }
            found.append(text)
            shown.append(ValueKind.string.shown(text, isHidden: value.isHidden))
        }
        let list = "[\(shown.joined(separator: ", "))]"
        record(pathOf(key), list, origin: "file:\(place.line)", reloadable: reloadable)
        return found
    }

    /// Reads an object whose keys are free, such as log levels by label; empty when the key is absent.
    public func dictionary<T>(_ key: String, _ kind: ValueKind<T>, reloadable: Bool = false) -> [String: T] {
        guard case .present(let members, _) = object(key) else { return [:] }
        var found: [String: T] = [:]
        for member in members where !ConfigurationPath.isExtension(member.name) && found[member.name] == nil {
            let path = ConfigurationPath.member(member.name, of: pathOf(key))
            guard case .present(let value) = resolve(member.node, at: path) else { continue }
            found[member.name] = read(value, kind, at: path, reloadable: reloadable)
        }
        return found
    }

    private func object(_ key: String) -> Container<[JSONMember]> {
        guard let node = node(key) else { return .absent }
        if case .object(let members) = node.value { return .present(members, node.location) }
        return refuse(node, at: pathOf(key), expected: "an object") ? .refused : .absent
    }

    private func array(_ key: String, of contents: String) -> Container<[JSONNode]> {
        guard let node = node(key) else { return .absent }
        if case .array(let elements) = node.value { return .present(elements, node.location) }
        return refuse(node, at: pathOf(key), expected: "an array of \(contents)") ? .refused : .absent
    }

    /// Notes the fault of a node that is not the expected container; `false` when it is an unset variable, thus absent.
    @discardableResult
    private func refuse(_ node: JSONNode, at path: String, expected: String) -> Bool {
        switch resolve(node, at: path) {
        case .absent: return false
        case .refused: return true
        case .present(let value):
            fault(at: path, node.location, expected: expected, got: value.json.kindInWords)
            return true
        }
    }
}
