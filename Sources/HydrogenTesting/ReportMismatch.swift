/// A report that does not say what a test expects; its description shows both.
public struct ReportMismatch: Error, Sendable, Hashable, CustomStringConvertible {
    /// What should have been said.
    public let expected: String
    /// What is said instead.
    public let got: String
    /// The lines of the whole report.
    public let report: [String]

    /// Throws the mismatch unless `condition` holds.
    static func unless(
        _ condition: Bool,
        _ expected: String,
        got: @autoclosure () -> String,
        in report: @autoclosure () -> [String]
    ) throws(ReportMismatch) {
        if !condition { throw ReportMismatch(expected: expected, got: got(), report: report()) }
    }

    public var description: String {
        "expected \(expected), got \(got)\n" + report.joined(separator: "\n")
    }
}
