/// A template that cannot be used, and why.
///
/// It answers 503 while the others serve.
package final class RejectedQuery: Sendable {
    /// What was registered.
    package let template: QueryTemplate
    /// Why it cannot be used.
    ///
    /// Safe to show to anyone.
    package let reason: String
    /// What the engine said, for operators.
    package let detail: String?

    /// A template that cannot be used.
    package init(_ template: QueryTemplate, reason: String, detail: String? = nil) {
        self.template = template
        self.reason = reason
        self.detail = detail
    }
}

extension RejectedQuery: CustomStringConvertible {
    /// For operators: `query 7 (queries/7.sql): the database refused the statement (no such table: x)`.
    package var description: String {
        "query \(template.id) (\(template.source)): \(reason)" + (detail.map { " (\($0))" } ?? "")
    }
}
