/// Gathers the templates of one database from all its sources.
///
/// A number may come from one source only.
package struct TemplateSources: Sendable {
    private var templates: [QueryTemplate] = []
    private var faults: [String] = []

    /// How many templates could be read.
    var count: Int { templates.count }

    /// No templates.
    package init() {}

    /// The templates that the files of a database define at this moment.
    init(filesOf configuration: ConnectionConfiguration) {
        guard let folder = configuration.queries.folder else { return }
        add(QueriesFolder.load(folder, files: configuration.files, dialect: configuration.kind.dialect))
    }

    /// Adds the queries of a folder.
    package mutating func add(_ folder: QueriesFolder) {
        templates += folder.templates
        faults += folder.faults.map(\.description)
    }

    /// Adds the queries of a bootstrap.
    package mutating func add(_ bootstrap: BootstrapRows) {
        templates += bootstrap.templates
        faults += bootstrap.faults.map(\.description)
    }

    /// The table of what was added.
    ///
    /// A number that two sources have is No-Go by itself, with both named: neither is more right than the other.
    ///
    /// - Parameter prepare: Has the engine accept a template; an error makes this template No-Go and no other.
    /// - Returns: Every template, accepted or not, and what could not even be read.
    package func table(
        preparing prepare: (QueryTemplate) throws(DatabaseError) -> PreparedQuery
    ) -> QueryTable {
        var sources: [QueryID: [String]] = [:]
        for template in templates { sources[template.id, default: []].append(template.source) }
        var entries: [QueryTable.Entry] = []
        for template in templates {
            guard let others = sources.removeValue(forKey: template.id) else { continue }
            if others.count > 1 {
                let reason = "its number stands in \(others.joined(separator: " and in ")); keep one"
                entries.append(.noGo(RejectedQuery(template, reason: reason)))
            } else {
                entries.append(Self.entry(template, prepare))
            }
        }
        return QueryTable(entries: entries, sourceFaults: faults)
    }

    private static func entry(
        _ template: QueryTemplate,
        _ prepare: (QueryTemplate) throws(DatabaseError) -> PreparedQuery
    ) -> QueryTable.Entry {
        do throws(DatabaseError) {
            return .ready(try prepare(template))
        } catch {
            return .noGo(RejectedQuery(template, reason: error.message, detail: error.detail))
        }
    }
}
