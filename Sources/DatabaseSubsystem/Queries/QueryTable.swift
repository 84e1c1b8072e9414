/// The catalogue of one database's queries at one moment.
///
/// A new one replaces it; it never changes.
package struct QueryTable: Sendable {
    /// What a number stands for.
    ///
    /// As small as a pointer: requests look it up.
    package enum Entry: Sendable {
        /// A query that the engine has accepted.
        case ready(PreparedQuery)
        /// A query that is No-Go by itself.
        case noGo(RejectedQuery)

        /// What was registered.
        package var template: QueryTemplate {
            switch self {
            case .ready(let prepared): prepared.template
            case .noGo(let rejected): rejected.template
            }
        }
    }

    private let entries: [QueryID: Entry]
    /// A fingerprint of the templates: the same as long as none changes.
    package let version: UInt64
    /// The same for people and headers: 16 hexadecimal digits.
    package let versionText: String
    /// What is No-Go, one line each, for operators: templates, and files and rows that are none.
    package let faults: [String]

    /// A table without queries.
    package static let empty = QueryTable(entries: [], sourceFaults: [])

    /// A table of entries, of which no two have the same number.
    ///
    /// - Parameters:
    ///   - entries: The queries.
    ///   - sourceFaults: What could not even be read.
    package init(entries: [Entry], sourceFaults: [String]) {
        self.entries = Dictionary(entries.map { ($0.template.id, $0) }) { first, _ in first }
        let sorted = entries.sorted { $0.template.id < $1.template.id }
        var hash = ContentHash()
        for entry in sorted { entry.template.combine(into: &hash) }
        version = hash.value
        versionText = hash.hexadecimal
        faults =
            sourceFaults
            + sorted.compactMap { entry in
                if case .noGo(let rejected) = entry { rejected.description } else { nil }
            }
    }

    /// The query of a number; `nil` when there is none.
    package subscript(id: QueryID) -> Entry? { entries[id] }

    /// How many queries there are, No-Go ones included.
    package var count: Int { entries.count }

    /// How many queries can be used.
    package var readyCount: Int {
        entries.values.count { if case .ready = $0 { true } else { false } }
    }

    /// All queries by ascending number.
    package var sortedEntries: [Entry] {
        entries.sorted { $0.key < $1.key }.map(\.value)
    }
}

extension QueryTemplate {
    /// A fingerprint of everything that callers can notice.
    var fingerprint: UInt64 {
        var hash = ContentHash()
        combine(into: &hash)
        return hash.value
    }

    /// A fingerprint of what a contract follows from on the same schema, the SQL and its parameters' names and types, and of
    /// nothing else: a template with other words or limits is held to the same contract.
    ///
    /// It is kept in files: what goes in stays the same from release to release.
    var contractFingerprint: String {
        var hash = ContentHash()
        hash.combine(field: sql.text)
        for binding in bindings {
            hash.combine(field: binding.name)
            hash.combine(field: binding.type.rawValue)
        }
        if let schema = prompt?.schema { hash.combine(field: schema.text) }
        return hash.hexadecimal
    }

    /// Adds everything that callers can notice to a fingerprint.
    fileprivate func combine(into hash: inout ContentHash) {
        hash.combine(field: id.description)
        hash.combine(field: name)
        hash.combine(field: description ?? "")
        hash.combine(field: sql.text)
        for parameter in parameters { hash.combine(field: String(describing: parameter)) }
        hash.combine(
            field: "\(String(describing: queue)) \(String(describing: timeout)) \(String(describing: cacheTTL))"
        )
        hash.combine(field: "\(staleWhileRevalidate) \(staleIfError) \(String(describing: maximumRows))")
        hash.combine(field: page.map { String(describing: $0.steps) } ?? "")
        hash.combine(field: tables.joined(separator: ","))
        hash.combine(field: "\(access) \(writes) \(lastModified ?? "")")
        guard let prompt else { return }
        for part in [prompt.model, prompt.system, prompt.schema?.text] {
            hash.combine(field: part.map { "=" + $0 } ?? "")
        }
    }
}
