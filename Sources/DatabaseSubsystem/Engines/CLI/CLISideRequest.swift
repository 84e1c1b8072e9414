/// Stops what one session runs, by a statement of another session.
struct CLISideRequest: Sendable {
    private let connector: CLIConnector
    private let sql: String
    /// How long the answer may take, where the driver keeps to it; who waits for the request has a limit of its own.
    private static let limit = Duration.seconds(1)

    /// - Parameter sql: What the other session is to run: `KILL QUERY 7`.
    init(_ sql: String, over connector: CLIConnector) {
        self.sql = sql
        self.connector = connector
    }

    /// Connects, asks, and waits for the answer. Blocks.
    func send() {
        do throws(DatabaseError) {
            let (session, product) = try connector.connect(within: Self.limit + .seconds(1))
            let statement = try CLIStatement(sql, on: session, product, CLICanceller())
            statement.limit(to: Self.limit)
            try statement.execute()
        } catch {
            // Without another session nothing is stopped now; it is asked for again as long as the statement runs.
        }
    }
}
