package import HydrogenCore

/// What a caller provided, by name: gathered from the path, the query string and the body, then bound by a template.
///
/// A name that stands twice is a fault, also across sources. At most ``ParameterDeclaration/maximumCount`` parameters.
package struct ProvidedParameters: Sendable, Hashable {
    /// One parameter as it came.
    struct Entry: Sendable, Hashable {
        let name: String
        let value: ProvidedValue
    }

    /// The parameters in the order in which they came.
    private(set) var entries: [Entry] = []

    /// No parameters.
    package init() {}

    /// How many parameters there are.
    package var count: Int { entries.count }

    /// Whether there are none.
    package var isEmpty: Bool { entries.isEmpty }

    /// Adds the parameters of a path segment: `a=1&b=x`, or a JSON object as for ``add(json:)``, percent-encoded.
    ///
    /// A `+` is a plus. `a=` is the empty text; there is no NULL in this form. An empty segment adds nothing.
    ///
    /// - Parameter segment: The segment as it stands in the request, not decoded.
    /// - Throws: ``ParameterFault``; nothing of the offending parameter is added.
    package mutating func add(pathSegment segment: Substring) throws(ParameterFault) {
        if segment.hasPrefix("{") || segment.hasPrefix("%7B") || segment.hasPrefix("%7b") {
            guard let text = PercentDecoding.text(segment.utf8.span, plusIsSpace: false) else {
                throw ParameterFault(.malformedEncoding, Self.encodingAdvice("the parameters of the path"))
            }
            try add(jsonBody: text.utf8)
        } else {
            try add(pairs: segment.utf8.span, plusIsSpace: false)
        }
    }

    /// Adds the parameters of a query string, without its question mark: `a=1&b=x`, percent-encoded.
    ///
    /// A `+` is a space, as forms send it: write the offset of a TIMESTAMP as `%2B05:30`.
    ///
    /// - Parameter query: The query string as it stands in the request, not decoded.
    /// - Throws: ``ParameterFault``; nothing of the offending parameter is added.
    package mutating func add(queryString query: Substring) throws(ParameterFault) {
        try add(pairs: query.utf8.span, plusIsSpace: true)
    }

    private mutating func add(pairs: Span<UInt8>, plusIsSpace: Bool) throws(ParameterFault) {
        var start = 0
        while start < pairs.count {
            var end = start
            var equals: Int?
            while end < pairs.count, pairs[end] != UInt8(ascii: "&") {
                if equals == nil, pairs[end] == UInt8(ascii: "=") { equals = end }
                end += 1
            }
            if end > start {
                try add(pair: pairs.extracting(start..<end), equals: equals.map { $0 - start }, plusIsSpace)
            }
            start = end + 1
        }
    }

    private mutating func add(pair: Span<UInt8>, equals: Int?, _ plusIsSpace: Bool) throws(ParameterFault) {
        guard let name = PercentDecoding.text(pair.extracting(..<(equals ?? pair.count)), plusIsSpace: plusIsSpace)
        else {
            throw ParameterFault(.malformedEncoding, Self.encodingAdvice("a name"))
        }
        guard let equals else {
            throw ParameterFault(.malformedPair, "\(Self.shown(name)) should be \(Self.shown(name))=value")
        }
        try admit(name)
        guard let text = PercentDecoding.text(pair.extracting((equals + 1)...), plusIsSpace: plusIsSpace) else {
            throw ParameterFault(.malformedEncoding, Self.encodingAdvice("the value of \(name)"))
        }
        entries.append(Entry(name: name, value: .text(text)))
    }

    /// Adds one parameter of a configuration: a text, number or boolean as a URL would write it, any other value as
    /// ``add(json:)`` takes it.
    mutating func add(configured value: JSONValue, named name: String) throws(ParameterFault) {
        let text: String
        switch value {
        case .string(let content): text = content
        case .number(let literal): text = literal
        case .boolean(let flag): text = String(flag)
        case .null, .array, .object:
            if case .object = value, ParameterType(rawValue: name) == nil {
                throw ParameterFault(.invalidName, "\(Self.shown(name)) should be a type, as it holds an object")
            }
            let node = JSONNode(value: value, location: .start)
            let member = JSONMember(name: name, nameLocation: .start, node: node)
            return try add(json: JSONNode(value: .object([member]), location: .start))
        }
        try admit(name)
        guard !text.utf8.contains(0) else {
            throw ParameterFault(.malformedEncoding, "\(name) should be a text without NUL characters")
        }
        entries.append(Entry(name: name, value: .text(text)))
    }

    /// Refuses a name that cannot be added.
    private func admit(_ name: String) throws(ParameterFault) {
        guard ParameterDeclaration.isValidName(name) else {
            let limit = ParameterDeclaration.maximumNameLength
            throw ParameterFault(
                .invalidName,
                "\(Self.shown(name)) should be letters, digits and underscores, not a digit first, "
                    + "at most \(limit) characters"
            )
        }
        guard !entries.contains(where: { $0.name == name }) else {
            throw ParameterFault(.duplicate, "\(name) is given twice")
        }
        guard entries.count < ParameterDeclaration.maximumCount else {
            throw ParameterFault(.tooMany, "at most \(ParameterDeclaration.maximumCount) parameters can be given")
        }
    }

    private static func encodingAdvice(_ place: String) -> String {
        "\(place) should be UTF-8 without NUL, with %XX for what URLs do not allow"
    }

    /// A name for a message: short, and in quotes.
    private static func shown(_ name: String) -> String {
        String(name.prefix(ParameterDeclaration.maximumNameLength)).jsonQuoted
    }
}

// MARK: - JSON

extension ProvidedParameters {
    /// Adds the parameters of a JSON text: see ``add(json:)``.
    ///
    /// An empty text adds nothing.
    ///
    /// - Parameter body: The bytes of the body; strict JSON (RFC 8259).
    /// - Throws: ``ParameterFault``; nothing of the offending parameter is added.
    package mutating func add(jsonBody body: some Collection<UInt8>) throws(ParameterFault) {
        guard !body.isEmpty else { return }
        let node: JSONNode
        do throws(JSONFault) {
            node = try JSONParser(options: .strict).parse(body)
        } catch {
            throw ParameterFault(.invalidJSON, error.description)
        }
        try add(json: node)
    }

    /// Adds the members of a JSON object: `{"id": 5, "city": "Oslo"}`, or grouped by type: `{"INTEGER": {"id": 5}}`.
    ///
    /// A member is a group when its name is a ``ParameterType`` in capitals and its value an object. Both forms may
    /// stand together.
    package mutating func add(json node: JSONNode) throws(ParameterFault) {
        guard case .object(let members) = node.value else {
            throw ParameterFault(.invalidJSON, "\(node.location): expected an object, got \(node.value.kindInWords)")
        }
        for member in members {
            if let group = ParameterType(rawValue: member.name), case .object(let grouped) = member.node.value {
                for inner in grouped { try add(member: inner, group: group) }
            } else {
                try add(member: member, group: nil)
            }
        }
    }

    private mutating func add(member: JSONMember, group: ParameterType?) throws(ParameterFault) {
        try admit(member.name)
        if case .string(let text) = member.node.value, text.utf8.contains(0) {
            throw ParameterFault(.invalidJSON, "\(member.name) should be a text without NUL characters")
        }
        entries.append(Entry(name: member.name, value: .json(member.node.value, group: group)))
    }
}

extension ProvidedParameters {
    /// The parameter of a name.
    ///
    /// Callers tend to give them in the declared order, so `position` is where it is looked for first.
    func entry(named name: String, near position: Int) -> Entry? {
        if position < entries.count, entries[position].name == name { return entries[position] }
        return entries.first { $0.name == name }
    }
}
