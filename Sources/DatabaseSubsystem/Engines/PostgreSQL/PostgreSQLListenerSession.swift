import HydrogenCore

/// Hears one channel of a PostgreSQL database.
final class PostgreSQLListenerSession: NotificationListener.Session {
    private let connection: PostgreSQLConnection

    /// - Parameter channel: An identifier that needs no quotes.
    /// - Throws: What listening threw; the connection is closed then.
    init(_ connection: PostgreSQLConnection, channel: String) throws(DatabaseError) {
        self.connection = connection
        try connection.listen(to: channel)
    }

    func wait(for signal: WakeupSignal, atMost limit: Duration) throws(DatabaseError) -> Bool {
        try connection.waitForNotification(or: signal, atMost: limit)
    }

    func close() {
        connection.close()
    }
}
