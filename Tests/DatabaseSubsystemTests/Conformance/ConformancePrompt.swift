/// What a case asks of an AI endpoint in the place of SQL: a prompt, and the columns that the reply must have.
///
/// The model's part is played by Tests/AI/stand_in.py, which says what it is told, waits, or fails.
struct ConformancePrompt: Sendable {
    typealias Columns = [(name: String, type: String)]

    /// What a template's file has of it: the line of its schema, and the text.
    let file: String

    /// - Parameters:
    ///   - columns: Their types are those of JSON Schema; each takes null, too.
    ///   - isOneRow: Whether the reply is one row by itself, and not an array of them.
    private init(_ columns: Columns, isOneRow: Bool = false, _ text: String) {
        let properties = columns.map { #""\#($0.name)":{"type":["\#($0.type)","null"]}"# }.joined(separator: ",")
        let row = #"{"type":"object","properties":{\#(properties)}}"#
        let schema = isOneRow ? row : #"{"type":"array","items":\#(row)}"#
        file = "-- schema: \(schema)\n\(text)"
    }

    /// One row of one value for each column.
    ///
    /// - Parameter values: Separated by blanks, of which the last one may have any.
    static func echo(_ columns: Columns, _ values: String) -> ConformancePrompt {
        ConformancePrompt(columns, isOneRow: true, "!echo= \(values)")
    }

    /// The same, of few columns.
    static func echo(_ columns: KeyValuePairs<String, String>, _ values: String) -> ConformancePrompt {
        echo(columns.map { ($0.key, $0.value) }, values)
    }

    /// Rows that stand in the prompt.
    ///
    /// - Parameters:
    ///   - rows: Objects of JSON, separated by commas.
    ///   - prose: What stands before them, for nobody.
    static func reply(
        _ columns: KeyValuePairs<String, String>,
        _ rows: String,
        after prose: String = ""
    ) -> ConformancePrompt {
        ConformancePrompt(columns.map { ($0.key, $0.value) }, #"\#(prose) !reply={"rows":[\#(rows)]}"#)
    }

    /// Rows that count, from the number behind `start` to `end`; the first column has `sum` added to it.
    static func count(
        _ columns: [String] = ["n"],
        after start: String = "-1",
        upTo end: Int,
        plus sum: String = "0"
    ) -> ConformancePrompt {
        ConformancePrompt(columns.map { ($0, "integer") }, "!count= \(start) \(end) \(sum)")
    }

    /// No reply, for as long as somebody waits for one.
    static let endless = ConformancePrompt([("n", "integer")], "!wait")

    /// What the endpoint refuses by a status of HTTP.
    static func refused(_ status: Int) -> ConformancePrompt {
        ConformancePrompt([("n", "integer")], "!status=\(status)")
    }
}
