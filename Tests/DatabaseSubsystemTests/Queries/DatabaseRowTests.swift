import Testing

@testable import DatabaseSubsystem

@Suite("Rows of Hydrogen's own queries")
struct DatabaseRowTests {
    @Test("columns are found in any letters, and only whole names")
    func columns() {
        let row = DatabaseRow(["QUERY_ID": .integer(1), "name": .null, "Name": .text("second"), "a[": .integer(2)])
        #expect(row["query_id"] == .integer(1))
        #expect(row["Query_Id"] == .integer(1))
        #expect(row["NAME"] == .null)
        #expect(row["query"] == nil)
        #expect(row["a{"] == nil)
    }

    @Test(
        "whole numbers, however the engine sends them",
        arguments: [
            (.integer(5), 5), (.text(" 5 "), 5), (.float(5), 5), (.float(5.5), nil), (.text("5.0"), nil), (.null, nil),
            (.boolean(true), nil), (.blob([53]), nil),
        ] as [(DatabaseValue, Int64?)]
    )
    func wholeNumbers(value: DatabaseValue, number: Int64?) {
        #expect(value.wholeNumber == number)
    }

    @Test(
        "text without the white space around it",
        arguments: [
            (.text(" a b\n"), "a b"), (.text(" \t"), nil), (.null, nil), (.integer(-3), "-3"), (.boolean(true), "true"),
            (.blob(Array("x".utf8)), "x"), (.blob([0xFF]), nil),
        ] as [(DatabaseValue, String?)]
    )
    func text(value: DatabaseValue, text: String?) {
        #expect(value.trimmedText == text)
    }
}
