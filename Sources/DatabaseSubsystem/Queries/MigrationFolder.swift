package import HydrogenCore

/// The migrations of a folder: files named `NNNN_name.sql` or `NNNN-name.sql`, any number of digits.
package struct MigrationFolder: Sendable {
    /// The migrations by ascending number.
    package let migrations: [Migration]
    /// What is wrong.
    ///
    /// One fault is enough to apply nothing: a schema half migrated is worse than one not migrated.
    package let faults: [QueryFileFault]

    /// Reads a folder.
    ///
    /// Files that do not end in `.sql` are ignored.
    package init(_ path: String, files: ConfigurationFiles, dialect: SQLDialect = .standard) {
        let folder = SQLFolder(path, files: files)
        var faults = folder.faults
        var found: [Int: Migration] = [:]
        for file in folder.files {
            do throws(QueryFileFault) {
                let migration = try Self.migration(file, dialect: dialect)
                if let other = found[migration.number] {
                    let got = "\(migration.number), which \(other.file) has"
                    throw QueryFileFault(file: file.shown, expected: "a number of its own", got: got)
                }
                found[migration.number] = migration
            } catch {
                faults.append(error)
            }
        }
        self.migrations = found.values.sorted { $0.number < $1.number }
        self.faults = faults
    }

    /// The migrations of a folder without faults.
    ///
    /// - Throws: `migration` with all faults.
    package static func load(
        _ path: String,
        files: ConfigurationFiles,
        dialect: SQLDialect = .standard
    ) throws(DatabaseError) -> [Migration] {
        let folder = MigrationFolder(path, files: files, dialect: dialect)
        guard folder.faults.isEmpty else {
            let faults = folder.faults.map(\.description).joined(separator: "; ")
            throw DatabaseError(.migration, "the folder of migrations is at fault: \(faults)")
        }
        return folder.migrations
    }

    private static func migration(_ file: SQLFolder.File, dialect: SQLDialect) throws(QueryFileFault) -> Migration {
        let digits = file.name.prefix { $0.isASCII && $0.isNumber }
        let rest = file.name.dropFirst(digits.count)
        let name = String(rest.dropFirst().dropLast(".sql".count))
        guard let number = Int(digits), rest.hasPrefix("_") || rest.hasPrefix("-"), !name.isEmpty else {
            throw QueryFileFault(
                file: file.shown,
                expected: "a name like 0001_create_orders.sql",
                got: file.name.jsonQuoted
            )
        }
        guard let text = String(validating: file.bytes, as: UTF8.self) else {
            throw QueryFileFault(file: file.shown, expected: "UTF-8 text", got: "other bytes")
        }
        let migration = Migration(
            number: number,
            name: name,
            file: file.shown,
            text: text.hasPrefix("\u{FEFF}") ? String(text.unicodeScalars.dropFirst()) : text,
            dialect: dialect
        )
        guard !migration.statements.isEmpty else {
            throw QueryFileFault(file: file.shown, expected: "at least one statement", got: "none")
        }
        return migration
    }
}

extension ConnectionConfiguration {
    /// The migrations of the database; `nil` without a folder of them.
    ///
    /// - Throws: `migration` with all faults of the folder.
    func loadMigrations() throws(DatabaseError) -> [Migration]? {
        guard let folder = migrations else { return nil }
        return try MigrationFolder.load(folder, files: files, dialect: kind.dialect)
    }
}
