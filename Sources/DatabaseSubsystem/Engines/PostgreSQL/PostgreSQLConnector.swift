import CDatabaseClients
import Glibc
import HydrogenCore

/// Opens a connection to the first server that will do, host by host, each within its time.
struct PostgreSQLConnector {
    private let settings: PostgreSQLSettings
    private let functions: HydrogenPostgreSQLFunctions
    private let abort: AbortSignal

    init(_ settings: PostgreSQLSettings, library: PostgreSQLLibrary, abort: AbortSignal) {
        self.settings = settings
        self.functions = library.functions
        self.abort = abort
    }

    /// Connects. Blocks the calling thread, for a name's look-up as long as the system's resolver takes.
    ///
    /// - Throws: `unavailable`, with the reason of the last host.
    func connect(as label: String) throws(DatabaseError) -> PostgreSQLHandle {
        var last = DatabaseError(.unavailable, "no server is configured")
        for attempt in try settings.attempts(functions, label: label) {
            do throws(DatabaseError) {
                return try connect(attempt)
            } catch {
                last = error
            }
            try checkAbort()
        }
        throw last
    }

    private func checkAbort() throws(DatabaseError) {
        if abort.isRaised { throw DatabaseError(.landing, "the connection attempt was stopped by the landing") }
    }

    private func connect(_ attempt: PostgreSQLSettings.Attempt) throws(DatabaseError) -> PostgreSQLHandle {
        let deadline = ContinuousClock.now + settings.connectTimeout
        guard let pointer = start(attempt.keywords) else {
            throw DatabaseError(.unavailable, "no memory for a connection")
        }
        let handle = PostgreSQLHandle(pointer, functions, wantsWriter: attempt.wantsWriter)
        guard functions.status(pointer) != 1 else { throw failure(handle, attempt) }
        // Source: PostgreSQL manual, section 34.1: PGRES_POLLING_FAILED 0, READING 1, WRITING 2, OK 3.
        var polling: CInt = 2
        while polling != 3 {
            guard polling != 0 else { throw failure(handle, attempt) }
            while !handle.wait(forWriting: polling == 2, reading: polling == 1, atMost: AbortSignal.interval) {
                try checkAbort()
                guard ContinuousClock.now < deadline else { throw timeout(attempt) }
            }
            polling = functions.connectPoll(pointer)
        }
        guard functions.setnonblocking(pointer, 1) == 0, functions.enterPipelineMode(pointer) == 1 else {
            throw failure(handle, attempt)
        }
        return handle
    }

    private func start(_ keywords: [String: String]) -> OpaquePointer? {
        let pairs = keywords.sorted { $0.key < $1.key }
        let names = pairs.map { strdup($0.key) } + [nil]
        let values = pairs.map { strdup($0.value) } + [nil]
        defer { for text in names + values { free(text) } }
        return names.map { UnsafePointer($0) }.withUnsafeBufferPointer { names in
            values.map { UnsafePointer($0) }.withUnsafeBufferPointer { values in
                guard let names = names.baseAddress, let values = values.baseAddress else { return nil }
                return functions.connectStartParams(names, values, 0)
            }
        }
    }

    private func timeout(_ attempt: PostgreSQLSettings.Attempt) -> DatabaseError {
        DatabaseError(
            .unavailable,
            "the server did not answer within \(settings.connectTimeout.report)",
            detail: settings.connectionString == nil ? attempt.place : nil,
            sqlState: SQLState.connectionFailure.rawValue
        )
    }

    private func failure(_ handle: PostgreSQLHandle, _ attempt: PostgreSQLSettings.Attempt) -> DatabaseError {
        let text = handle.errorText
        let refusal = PostgreSQLRefusal(text)
        return DatabaseError(
            .unavailable,
            refusal.message,
            detail: settings.connectionString == nil ? "\(attempt.place): \(text)" : Self.serverWords(text),
            sqlState: refusal.state.rawValue
        )
    }

    /// What the server itself said. libpq's own words quote what it took for a host, a port or an option of a connection string: of one
    /// with a slip in it that may be a part of the password.
    private static func serverWords(_ text: String) -> String? {
        text.firstRange(of: "FATAL:").map { String(text[$0.lowerBound...]) }
    }
}
