import HydrogenCore

/// How the page after a truncated result is asked for: `after=id`, `after_day=day, after_id=id`, or `skip=+rows`.
///
/// A parameter gets the value that a column has in the last row, or its own value and the number of rows.
package struct PageRule: Sendable, Hashable {
    /// Where a parameter's value comes from.
    enum Source: Sendable, Hashable {
        /// From the last row.
        case column(String)
        /// From the call: its own value and the number of rows.
        case rowCount
    }

    /// One parameter.
    struct Step: Sendable, Hashable {
        let parameter: String
        let source: Source
    }

    /// Something wrong, at a byte of the text.
    struct Fault: Error, Hashable {
        let offset: Int
        let expected: String
        let got: String
    }

    /// The parameters; at least one.
    let steps: [Step]
    /// Where the rule stands, for messages.
    let place: String

    /// Reads a rule of a query with these parameters.
    init(_ text: String, of parameters: [ParameterDeclaration], place: String) throws(Fault) {
        var steps: [Step] = []
        for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
            let start = piece.firstIndex { $0 != " " && $0 != "\t" } ?? piece.startIndex
            let offset = text.utf8.distance(from: text.startIndex, to: start)
            let step = try Self.step(piece, of: parameters, at: offset)
            guard !steps.contains(where: { $0.parameter == step.parameter }) else {
                throw Fault(offset: offset, expected: "each parameter once", got: "\(step.parameter) a second time")
            }
            steps.append(step)
        }
        guard steps.count == 1 || !steps.contains(where: { $0.source == .rowCount }) else {
            throw Fault(offset: 0, expected: "\(Self.rowCountWord) alone", got: text.jsonQuoted)
        }
        self.steps = steps
        self.place = place
    }

    private static let rowCountWord = "+rows"

    private static func step(
        _ piece: Substring,
        of parameters: [ParameterDeclaration],
        at offset: Int
    ) throws(Fault) -> Step {
        let sides = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(\.trimmingSQLSpace)
        guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
            let got = piece.trimmingSQLSpace
            throw Fault(
                offset: offset,
                expected: "PARAMETER=COLUMN or PARAMETER=\(rowCountWord)",
                got: got.isEmpty ? "nothing" : got.jsonQuoted
            )
        }
        guard let parameter = parameters.first(where: { $0.name == sides[0] }) else {
            let names = parameters.map(\.name).joined(separator: ", ")
            throw Fault(
                offset: offset,
                expected: names.isEmpty ? "a query with parameters" : "one of the parameters \(names)",
                got: sides[0].jsonQuoted
            )
        }
        guard parameter.claim == nil else {
            throw Fault(offset: offset, expected: "a parameter of callers", got: "one that is bound to a claim")
        }
        guard sides[1] == rowCountWord else { return Step(parameter: sides[0], source: .column(sides[1])) }
        guard parameter.type == .integer else {
            throw Fault(offset: offset, expected: "an INTEGER for \(rowCountWord)", got: parameter.type.rawValue)
        }
        return Step(parameter: sides[0], source: .rowCount)
    }

    /// Makes sure that pages can be asked for.
    ///
    /// - Throws: `refused` for a query that writes, whose results have no limit, or that lacks one of the columns.
    func check(_ facts: StatementFacts, isLimited: Bool) throws(DatabaseError) {
        guard facts.isReadOnly else { throw refusal("a query that writes has no pages") }
        guard isLimited else { throw refusal("nothing limits a page: set max_rows, or MaxRows of the connection") }
        let names = facts.columns.map(\.name)
        for case .column(let name) in steps.map(\.source) where !names.contains(name) {
            throw refusal("the result has no column \(name.jsonQuoted); it has \(names.joined(separator: ", "))")
        }
    }

    private func refusal(_ reason: String) -> DatabaseError {
        DatabaseError(.refused, "page (\(place)): \(reason)")
    }
}

/// Which values of a row say where the next page begins.
package struct PageCursor: Sendable {
    /// The columns of the result.
    let columns: [String]
    /// The same as members of an object, named as the parameters that get them.
    let layout: RowColumns

    /// What a rule asks for; `nil` where no value of a row matters.
    init?(_ rule: PageRule) {
        let pairs = rule.steps.compactMap { step in
            if case .column(let name) = step.source { (step.parameter, name) } else { nil }
        }
        guard !pairs.isEmpty else { return nil }
        columns = pairs.map(\.1)
        layout = RowColumns(pairs.map(\.0))
    }

    /// Where the columns stand among those of a result; `nil` when one is not there.
    func places(in names: [String]) -> [Int]? {
        let places = columns.compactMap { names.firstIndex(of: $0) }
        return places.count == columns.count ? places : nil
    }
}
