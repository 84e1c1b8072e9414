import HydrogenCore

/// The columns of a result as rows have them: made once for a prepared statement, used for every row.
///
/// Of columns with one name the first keeps it, and the others become `name_2`, `name_3`, where those are free.
package struct RowColumns: Sendable, Hashable {
    /// The distinct names, as objects and header lines have them.
    package let names: [String]
    /// What stands before each value, one after the other: `,{"id":` and `,"name":`; commas in CSV.
    ///
    /// The first comma is for rows after the first of an array.
    let prefixes: [UInt8]
    /// Where in ``prefixes`` each column's part ends.
    let ends: [Int]

    /// The columns of a result, in its order, as members of objects.
    package init(_ names: [String]) {
        self.names = Self.unique(names)
        var prefixes: [UInt8] = []
        var ends: [Int] = []
        for name in self.names {
            prefixes += (ends.isEmpty ? ",{" : ",").utf8
            prefixes += name.jsonQuoted.utf8
            prefixes.append(UInt8(ascii: ":"))
            ends.append(prefixes.count)
        }
        self.prefixes = prefixes
        self.ends = ends
    }

    private init(names: [String], prefixes: [UInt8], ends: [Int]) {
        self.names = names
        self.prefixes = prefixes
        self.ends = ends
    }

    /// The same columns as fields of lines.
    var separatedByCommas: RowColumns {
        RowColumns(
            names: names,
            prefixes: Array(repeating: UInt8(ascii: ","), count: max(1, count)),
            ends: Array(0..<count)
        )
    }

    /// How many columns there are.
    package var count: Int { names.count }

    private static func unique(_ names: [String]) -> [String] {
        var taken = Set(names)
        var seen: Set<String> = []
        return names.map { name in
            if seen.insert(name).inserted { return name }
            var number = 2
            while taken.contains("\(name)_\(number)") { number += 1 }
            taken.insert("\(name)_\(number)")
            return "\(name)_\(number)"
        }
    }
}
