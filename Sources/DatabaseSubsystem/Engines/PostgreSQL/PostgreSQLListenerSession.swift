import HydrogenCore

/// Hears one channel of a PostgreSQL database.
final class PostgreSQLListenerSession: NotificationListener.Session {
    private let connection: PostgreSQLConnection

    /// - Parameter channel: An identifier that needs no quotes.
    /// - Throws: What listening threw; the connection is closed then.
    init(_ connection: PostgreSQLConnection, channel: String) throws(DatabaseError) {
        self.connection = connection
        do throws(DatabaseError) {
            try connection.run("LISTEN \(channel)")
        } catch {
            connection.close()
            throw error
        }
    }

    func wait(for signal: WakeupSignal, atMost limit: Duration) throws(DatabaseError) -> Bool {
        if connection.takeNotifications() { return true }
        guard signal.wait(orReadable: connection.descriptor, atMost: limit) else { return false }
        connection.receiveWhileIdle()
        let isNotified = connection.takeNotifications()
        if let loss = connection.loss { throw loss }
        return isNotified
    }

    func close() {
        connection.close()
    }
}
