/// The templates that a bootstrap's result describes, one a row.
///
/// A bad row never stops the others.
///
/// Columns, in any letters and any order; the first two are required, and NULL is as good as absent for the others:
///
/// | column | holds |
/// |---|---|
/// | `query_id`, `ref` or `query_ref` | the number, 0 or more |
/// | `sql_template` or `query` | the SQL |
/// | `database_type` | the engine that the row is for; other engines' rows are skipped; the own row beats one for all |
/// | `name` | a title. Default: `Query` and the number |
/// | `queue` | `slow`, `medium`, `fast`, `cache`; or 0 cache, 1 slow, 2 medium, 3 fast |
/// | `timeout` | seconds, or text such as `250ms`; 0 is as good as absent |
/// | `cache_ttl` | seconds, or text such as `250ms`; 0 is never |
/// | `max_rows` | the most rows of a result; 0 is all |
/// | `page` | how the page after a truncated result is asked for, as in a file's header |
/// | `writes` | whether the query writes though it looks like a read: `true` or `false`. Default: `false` |
/// | `access` or `type` | `public`, `protected`; or 10 public, any other number protected. Default: public |
/// | `parameters` | as in a file's header, or JSON (``BootstrapParameters``); what is not named is a required STRING |
/// | `tables` | names separated by commas, or a JSON array of names |
/// | `last_modified` | anything |
/// | `model`, `system`, `schema` | of prompts alone, as in a file's header |
package struct BootstrapRows: Sendable {
    /// The most rows that a bootstrap should return.
    package static let maximumCount = 100_000

    /// The queries that can be used, in the order of their rows.
    package let templates: [QueryTemplate]
    /// What is wrong with other rows.
    package let faults: [BootstrapFault]

    /// Reads a result.
    ///
    /// - Parameters:
    ///   - rows: The rows as the engine gave them.
    ///   - engine: The name of the engine, as `database_type` has it.
    ///   - spellings: Other names of the same engine.
    ///   - dialect: How the SQL quotes.
    ///   - source: What messages call the bootstrap.
    /// - Returns: The templates, and what is wrong with the other rows.
    package static func load(
        _ rows: [DatabaseRow],
        engine: String,
        spellings: [String] = [],
        dialect: SQLDialect = .standard,
        source: String = "bootstrap"
    ) -> BootstrapRows {
        var variants = Variants(engineNames: Set((spellings + [engine]).map { $0.lowercased() }))
        var faults: [BootstrapFault] = []
        for (index, row) in rows.enumerated() {
            var reader = BootstrapRowReader(row, number: index + 1, source: source)
            guard let rank = variants.rank(of: reader.databaseType) else { continue }
            if let template = reader.template(dialect: dialect) {
                faults += variants.add(template, rank: rank, row: index + 1, source: source).map { [$0] } ?? []
            }
            faults += reader.faults
            // Without the column no row can be right: one fault says as much as a thousand.
            if reader.lacksRequiredColumn { break }
        }
        return BootstrapRows(templates: variants.templates, faults: faults)
    }
}

extension BootstrapRows {
    /// Reads a result for an engine under all its names.
    static func load(_ rows: [DatabaseRow], for kind: EngineKind) -> BootstrapRows {
        load(rows, engine: kind.name, spellings: kind.spellings, dialect: kind.dialect)
    }

    /// Chooses among rows of one number: the engine's own beats one for all engines.
    private struct Variants {
        enum Rank: Comparable {
            case forAllEngines
            case forThisEngine
        }

        private struct Choice {
            let template: QueryTemplate
            let rank: Rank
            let row: Int
        }

        private let engineNames: Set<String>
        private var choices: [QueryID: Choice] = [:]

        init(engineNames: Set<String>) {
            self.engineNames = engineNames
        }

        var templates: [QueryTemplate] {
            choices.values.sorted { $0.row < $1.row }.map(\.template)
        }

        /// `nil` for a row of another engine.
        func rank(of databaseType: String?) -> Rank? {
            guard let databaseType else { return .forAllEngines }
            return engineNames.contains(databaseType.lowercased()) ? .forThisEngine : nil
        }

        mutating func add(_ template: QueryTemplate, rank: Rank, row: Int, source: String) -> BootstrapFault? {
            if let other = choices[template.id] {
                guard other.rank != rank else {
                    let got = "\(template.id), which row \(other.row) has"
                    return BootstrapFault(
                        source: source,
                        row: row,
                        column: "query_id",
                        expected: "a number of its own",
                        got: got
                    )
                }
                guard rank > other.rank else { return nil }
            }
            choices[template.id] = Choice(template: template, rank: rank, row: row)
            return nil
        }
    }
}

extension EngineConnection {
    /// Runs a bootstrap on the database itself.
    func bootstrapRows(_ sql: String) throws(DatabaseError) -> [DatabaseRow] {
        try rows(EngineStatement(sql: sql, parameterOrder: []), [], limit: BootstrapRows.maximumCount)
    }
}
