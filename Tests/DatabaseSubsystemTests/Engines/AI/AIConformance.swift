@testable import DatabaseSubsystem

extension ConformanceSubject {
    private static let standIn = StandIn.isAvailable ? try? StandIn() : nil

    /// Where the stand-in of all cases is that do not end it; `nil` without an interpreter.
    static var sharedEndpoint: String? { standIn?.endpoint }

    /// An AI endpoint, played by the stand-in.
    static func ai(at endpoint: String?) -> ConformanceSubject {
        ConformanceSubject(
            name: "AI",
            dialect: .prompt,
            members: { _ in endpoint.map { #""Engine": "ai", "Endpoint": "\#($0)", "Model": "stand-in""# } },
            exceptions: AIExceptions.all
        )
    }
}

/// Cases that do not hold for prompts, and why.
enum AIExceptions {
    private static let tables = "an endpoint has no tables: a prompt reads alone"
    private static let transactions = "an endpoint has no transactions"

    static let all = [
        "reads and writes": tables, "a duplicate key": tables, "migrations": tables,
        "a transaction": transactions, "a transaction that fails": transactions,
        "a decimal below one keeps its zeros": "a JSON Schema has no scale: a number has the digits that the reply has",
        "an instant of another zone": "a prompt has the text that the caller wrote",
        "JSON with blanks": "arrays and objects of a reply are checked, and written without blanks",
    ]
}
