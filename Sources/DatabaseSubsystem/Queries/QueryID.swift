/// The number that callers know a query by: `query_id`.
package struct QueryID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The number, 0 or more.
    package let number: Int

    /// An identifier that is known to be 0 or more.
    package init(_ number: Int) {
        self.number = number
    }

    /// The query that a URL's path names: decimal digits and nothing else.
    package init?(pathComponent: some StringProtocol) {
        guard let first = pathComponent.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-"),
            let number = Int(pathComponent)
        else { return nil }
        self.number = number
    }

    package static func < (left: QueryID, right: QueryID) -> Bool {
        left.number < right.number
    }

    package var description: String { String(number) }
}
