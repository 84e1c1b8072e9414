/// How rows are written for a client. The first is what a client gets that does not care.
package enum RowFormat: UInt8, Sendable, Hashable, CaseIterable {
    /// One array of objects: `[{"id":1},{"id":2}]`.
    case json
    /// The same objects, each a line.
    case ndjson
    /// A line of names, and one for each row; lines end with CR and LF. Source: RFC 4180.
    case csv
}
