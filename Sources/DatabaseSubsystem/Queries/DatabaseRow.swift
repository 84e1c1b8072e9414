/// One row of a result, as an engine gives it to Hydrogen's own queries.
package struct DatabaseRow: Sendable, Hashable {
    /// The names of the columns, as the engine spells them.
    package let columns: [String]
    /// The values, one for each column.
    package let values: [DatabaseValue]

    /// A row.
    ///
    /// Values beyond the last column are dropped.
    package init(columns: [String], values: [DatabaseValue]) {
        self.columns = columns
        self.values = values
    }

    /// A row given column by column.
    package init(_ cells: KeyValuePairs<String, DatabaseValue>) {
        self.init(columns: cells.map(\.key), values: cells.map(\.value))
    }

    /// The value of a column, by its name in any ASCII letters; DB2 answers in capitals.
    ///
    /// `nil` when there is no such column.
    package subscript(name: String) -> DatabaseValue? {
        zip(columns, values).first { Self.isSame($0.0, name) }?.1
    }

    private static func isSame(_ column: String, _ name: String) -> Bool {
        column.utf8.count == name.utf8.count
            && column.utf8.elementsEqual(name.utf8) { $0.lowercasedASCII == $1.lowercasedASCII }
    }
}

extension UInt8 {
    fileprivate var lowercasedASCII: UInt8 { self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self }
}
