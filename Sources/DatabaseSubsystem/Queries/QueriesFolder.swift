package import HydrogenCore

/// The queries of a folder: each `.sql` file is one.
///
/// A file with faults never stops the others.
package struct QueriesFolder: Sendable {
    /// The queries that can be used, in the order of their files.
    package let templates: [QueryTemplate]
    /// What is wrong with the others, file by file.
    package let faults: [QueryFileFault]

    /// Reads a folder.
    ///
    /// Files that do not end in `.sql` are ignored.
    ///
    /// Of two files with one id the first, by name, is used.
    ///
    /// - Parameters:
    ///   - path: The folder, as the configuration names it.
    ///   - files: Where that path leads.
    ///   - dialect: How the SQL quotes.
    /// - Returns: The templates, and what is wrong with the other files.
    package static func load(_ path: String, files: ConfigurationFiles, dialect: SQLDialect = .standard)
        -> QueriesFolder
    {
        let folder = SQLFolder(path, files: files)
        var templates: [QueryTemplate] = []
        var faults = folder.faults
        var first: [QueryID: String] = [:]
        for file in folder.files {
            do throws(QueryFileFaults) {
                let template = try QueryFile(parsing: file.bytes, file: file.shown, dialect: dialect).template
                if let other = first[template.id] {
                    let got = "\(template.id), which \(other) has"
                    faults.append(QueryFileFault(file: file.shown, expected: "an id of its own", got: got))
                } else {
                    first[template.id] = file.shown
                    templates.append(template)
                }
            } catch {
                faults += error.faults
            }
        }
        return QueriesFolder(templates: templates, faults: faults)
    }
}
