import Testing

@testable import DatabaseSubsystem

@Suite("Text typed as a parameter")
struct ParameterValueTests {
    @Test(
        "accepts",
        arguments: [
            (.integer, "0", .integer(0)), (.integer, "-7", .integer(-7)), (.integer, "007", .integer(7)),
            (.integer, "9223372036854775807", .integer(.max)), (.integer, "-9223372036854775808", .integer(.min)),
            (.float, "1", .float(1)), (.float, "-1.5", .float(-1.5)), (.float, ".5", .float(0.5)),
            (.float, "1e3", .float(1000)),
            (.float, "1E-2", .float(0.01)), (.float, "2.5e+1", .float(25)), (.float, "1e-400", .float(0)),
            (.float, "-0", .float(-0.0)),
            (.boolean, "true", .boolean(true)), (.boolean, "1", .boolean(true)),
            (.boolean, "false", .boolean(false)), (.boolean, "0", .boolean(false)),
            (.string, "", .text("")), (.string, "'; DROP TABLE x; --", .text("'; DROP TABLE x; --")),
            (.text, "ä\n", .text("ä\n")),
            (.date, "2026-01-31", .text("2026-01-31")), (.date, "2024-02-29", .text("2024-02-29")),
            (.date, "2000-02-29", .text("2000-02-29")),
            (.date, "0001-01-01", .text("0001-01-01")), (.date, "9999-12-31", .text("9999-12-31")),
            (.time, "00:00:00", .text("00:00:00")), (.time, "23:59:59.999999999", .text("23:59:59.999999999")),
            (.datetime, "2026-01-31T12:00:00", .text("2026-01-31T12:00:00")),
            (.datetime, "2026-01-31 12:00:00.5", .text("2026-01-31 12:00:00.5")),
            (.timestamp, "2026-01-31 12:00:00", .text("2026-01-31 12:00:00")),
            (.timestamp, "2026-01-31T12:00:00Z", .text("2026-01-31T12:00:00Z")),
            (.timestamp, "2026-01-31T12:00:00.123456+05:30", .text("2026-01-31T12:00:00.123456+05:30")),
            (.timestamp, "2026-01-31T12:00:00-15:59", .text("2026-01-31T12:00:00-15:59")),
        ] as [(ParameterType, String, ParameterValue.Content)]
    )
    func accepts(type: ParameterType, text: String, content: ParameterValue.Content) {
        #expect(ParameterValue(text: text, type: type) == ParameterValue(type: type, content: content))
    }

    @Test(
        "refuses",
        arguments: [
            (
                .integer,
                [
                    "", " ", "+5", "5 ", " 5", "5.0", "1e3", "0x10", "--5", "-", "9223372036854775808", "٣", "1_000",
                    "five",
                ]
            ),
            (
                .float,
                [
                    "", "+1.5", "nan", "NaN", "inf", "Infinity", "0x1p3", "1e400", "-1e400", "1.", ".", "1e", "1e+",
                    "1,5", " 1", "1 ", "--1",
                ]
            ),
            (.boolean, ["", "True", "TRUE", "yes", "no", "t", "2", "01", " true"]),
            (
                .date,
                [
                    "", "2026-1-31", "2026-02-29", "1900-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00",
                    "0000-01-01",
                ]
            ),
            (
                .date,
                ["26-01-31", "2026/01/31", "2026-01-31 ", "2026-01-31T00:00:00", "12026-01-31", "today", "2026-01-3١"]
            ),
            (
                .time,
                [
                    "", "1:00:00", "12:00", "24:00:00", "12:60:00", "12:00:60", "12:00:00.", "12:00:00.1234567890",
                    "12:00:00Z", "12:00:00,5",
                ]
            ),
            (
                .datetime,
                [
                    "", "2026-01-31", "2026-01-31T12:00", "2026-01-31  12:00:00", "2026-01-31t12:00:00",
                    "2026-01-31T12:00:00Z",
                ]
            ),
            (
                .timestamp,
                [
                    "2026-01-31T12:00:00z", "2026-01-31T12:00:00+5", "2026-01-31T12:00:00+05",
                    "2026-01-31T12:00:00+16:00",
                ]
            ),
            (
                .timestamp,
                [
                    "2026-01-31T12:00:00+05:60", "2026-01-31T12:00:00 05:30", "2026-01-31T12:00:00ZZ",
                    "2026-02-30T12:00:00Z", "",
                ]
            ),
        ] as [(ParameterType, [String])]
    )
    func refuses(type: ParameterType, texts: [String]) {
        for text in texts { #expect(ParameterValue(text: text, type: type) == nil, "\(type) \(text)") }
    }

    @Test("every day of leap years and others is a date, and no other is")
    func calendar() {
        for year in [1600, 1700, 1899, 1900, 1999, 2000, 2023, 2024, 2100, 2400] {
            let isLeap = [1600, 2000, 2024, 2400].contains(year)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            for month in 1...12 {
                for day in 1...32 {
                    let text = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
                    #expect((ParameterValue(text: text, type: .date) != nil) == (day <= lengths[month - 1]), "\(text)")
                }
            }
        }
    }
}
