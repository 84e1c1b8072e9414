import CDatabaseClients
import HydrogenCore

/// What other sessions notify this one of.
extension PostgreSQLConnection {
    /// Hears a channel from now on.
    ///
    /// - Parameter channel: An identifier that needs no quotes.
    /// - Throws: What listening threw; the connection is closed then.
    func listen(to channel: String) throws(DatabaseError) {
        do throws(DatabaseError) {
            try run("LISTEN \(channel)")
        } catch {
            close()
            throw error
        }
    }

    /// Waits until something was notified, or the signal is raised. Returns whether something was notified.
    @discardableResult
    func waitForNotification(or signal: WakeupSignal, atMost limit: Duration) throws(DatabaseError) -> Bool {
        if takeNotifications() { return true }
        guard signal.wait(orReadable: descriptor, atMost: limit) else { return false }
        receiveWhileIdle()
        let isNotified = takeNotifications()
        if let loss { throw loss }
        return isNotified
    }

    /// Takes what other sessions have notified this one of. Returns whether there was anything.
    func takeNotifications() -> Bool {
        var isNotified = false
        while let notification = functions.notifies(handle.pointer) {
            functions.freemem(UnsafeMutableRawPointer(notification))
            isNotified = true
        }
        return isNotified
    }
}
