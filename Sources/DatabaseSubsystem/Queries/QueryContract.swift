/// What the callers of a query rely on: the engine's types of its parameters, and the names and types of its columns.
struct QueryContract: Sendable, Hashable, Codable {
    /// The types of the parameters, in the order of the placeholders; none of an engine that does not tell them.
    let parameters: [String]
    /// The columns of the result.
    let columns: [StatementFacts.Column]

    init(_ facts: StatementFacts) {
        parameters = facts.parameters
        columns = facts.columns
    }

    /// What is different from an older contract, one phrase each: `column 2 was total numeric, is total text`.
    func changes(from old: QueryContract) -> [String] {
        Self.changes(of: "column", from: old.columns.map(Self.shown), to: columns.map(Self.shown))
            + Self.changes(of: "parameter", from: old.parameters, to: parameters)
    }

    private static func shown(_ column: StatementFacts.Column) -> String {
        column.name + (column.type.map { " \($0)" } ?? "")
    }

    private static func changes(of what: String, from old: [String], to new: [String]) -> [String] {
        (0..<max(old.count, new.count)).compactMap { index in
            let place = "\(what) \(index + 1)"
            switch (index < old.count ? old[index] : nil, index < new.count ? new[index] : nil) {
            case (let was?, let now?): return was == now ? nil : "\(place) was \(was), is \(now)"
            case (let was?, nil): return "\(place) is gone: \(was)"
            case (nil, let now?): return "\(place) is new: \(now)"
            case (nil, nil): return nil
            }
        }
    }
}
