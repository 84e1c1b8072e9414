import HydrogenTesting

extension OwnDatabase {
    /// Ends every session, and lets nobody in.
    func close() throws {
        try Self.ask("ALTER DATABASE \(name) ALLOW_CONNECTIONS false")
        try Self.ask("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '\(name)'")
    }

    /// Lets everybody in again.
    func reopen() throws {
        try Self.ask("ALTER DATABASE \(name) ALLOW_CONNECTIONS true")
    }
}
