/// Stops what one session runs, by a statement of another session.
struct CLISideRequest: Sendable {
    private let connector: CLIConnector
    private let sql: String

    /// - Parameter sql: What the other session is to run: `KILL QUERY 7`.
    init(_ sql: String, over connector: CLIConnector) {
        self.sql = sql
        self.connector = connector
    }

    /// Connects, asks, and waits for the answer. Blocks.
    func send() {
        do throws(DatabaseError) {
            let (session, product) = try connector.connect()
            _ = try CLIStatement(sql, on: session, product, CLICanceller()).execute()
        } catch {
            // Without another session nothing is stopped now; it is asked for again as long as the statement runs.
        }
    }
}
