import DatabaseSubsystem
import Testing

@testable import WebSubsystem

@Suite("The header Accept")
struct AcceptHeaderTests {
    @Test(
        "the format of the greatest weight, then the one named most exactly, then JSON",
        arguments: [
            (nil, .json), ("", .json), ("*/*", .json), ("application/json", .json), ("application/*", .json),
            ("application/x-ndjson", .ndjson), ("text/csv", .csv), ("text/*", .csv), ("TEXT/CSV", .csv),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", .json),
            ("text/csv, */*", .csv), ("*/*, text/csv", .csv), ("text/csv;q=0.5, */*", .json),
            ("text/csv;q=0.5, */*;q=0.1", .csv), ("text/csv, application/json", .json),
            ("application/x-ndjson, text/csv", .ndjson),
            ("application/json;q=0.1, application/x-ndjson;q=0.2, text/csv;q=0.15", .ndjson),
            ("application/json;q=0, */*", .ndjson), ("application/*;q=0, */*", .csv),
            ("application/*, application/json;q=0.5", .ndjson), ("text/*;q=0.3, text/csv;q=0.9, */*;q=0.5", .csv),
            ("text/csv;charset=utf-8", .csv), ("text/csv ; charset=\"a,b;q=0\" ; Q=0.5 , nothing", .csv),
            ("text/csv;q=1.000", .csv), ("text/csv;q=0.001", .csv), ("text/csv;q=1.", .csv),
            ("text/csv;q=7, application/x-ndjson", .ndjson), ("text/csv;x=\"\\\"\", image/png", .csv),
            (",,text/csv,", .csv),
        ] as [(String?, RowFormat)]
    )
    func preferred(header: String?, format: RowFormat) throws {
        #expect(try RowFormat(accept: header) == format)
    }

    @Test(
        "a client that takes none of them is told",
        arguments: [
            "text/html", "application/xml, image/*", "application/json;q=0", "*/*;q=0", "*/*;q=0.000", "text/csv;q=2",
            "text/csv;q=0.0001", "text/csv;q=", "json", "*/json", "/", ",", ";q=1",
        ]
    )
    func none(header: String) {
        #expect(throws: WebError.notAcceptable) { try RowFormat(accept: header) }
    }
}
