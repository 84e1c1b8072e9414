import CDatabaseClients
import Dispatch
import Glibc
import HydrogenCore
import NIOCore
import Synchronization
import Testing

@testable import DatabaseSubsystem

/// What becomes of drivers that do not keep to the interface: a real one, of which some functions are replaced. One at a time: the
/// replacements are plain functions, and what they answer is here.
@Suite(
    "Drivers at fault",
    .serialized,
    .timeLimit(.minutes(1)),
    .enabled(if: CLISource.there.contains(.sqlite), "no driver of SQLite for ODBC: see scripts/ensure-tools test")
)
struct CLIFaultyDriverTests {
    /// A session, and a statement of it that is not prepared.
    private func session(
        _ change: (inout HydrogenCLIFunctions) -> Void
    ) throws -> (session: CLISession, statement: CLIStatementHandle) {
        var library = try CLILibrary(.odbc(path: nil))
        change(&library.functions)
        let session = try CLISession(library)
        #expect(session.connect("Driver={SQLite3};Database=:memory:;") == nil)
        return (session, try CLIStatementHandle(on: session))
    }

    // MARK: Lengths

    /// What the driver answers when it is asked for a part of a value: how it went, and how much is left.
    struct Part: Sendable {
        let code: Int16
        let left: Int64

        init(_ code: Int16, _ left: Int64) {
            (self.code, self.left) = (code, left)
        }
    }

    enum Outcome: Hashable, Sendable {
        case bytes(Int)
        case null
        case error(DatabaseError.Code)
    }

    private static let parts = Mutex<[Part]>([])

    /// The first part finds room for 65536 bytes, which the driver fills wholly.
    @Test(
        "a length is believed as far as it can be: of 64 bits, of DB2 of 32",
        arguments: [
            ([Part(0, 5)], .none, .bytes(5)), ([Part(0, -1)], .none, .null), ([Part(0, 0)], .none, .bytes(0)),
            ([Part(0, 0xFFFF_FFFF)], .db2, .null), ([Part(0, (4 << 30) + 5)], .db2, .bytes(5)),
            ([Part(1, 70_000), Part(0, 4_464)], .none, .bytes(70_000)),
            ([Part(1, -4), Part(0, 10)], .none, .bytes(65_546)),
            ([Part(0, (4 << 30) + 5)], .none, .error(.resultTooLarge)),
            ([Part(0, 3 << 30)], .none, .error(.resultTooLarge)),
            ([Part(0, .max)], .none, .error(.resultTooLarge)),
            ([Part(1, -4), Part(0, .max)], .none, .error(.resultTooLarge)),
            ([Part(0, 3 << 30)], .db2, .error(.refused)), ([Part(0, -2)], .none, .error(.refused)),
            ([Part(1, -3 << 30)], .none, .error(.refused)), ([Part(1, .min)], .none, .error(.refused)),
            ([Part(1, 70_000), Part(0, -5)], .none, .error(.refused)),
            ([Part(1, 70_000), Part(0, 80_000)], .none, .error(.refused)),
            ([Part(0, 70_000)], .none, .error(.refused)),
        ] as [([Part], CLIProduct.Numbers, Outcome)]
    )
    func lengths(parts: [Part], numbers: CLIProduct.Numbers, outcome: Outcome) throws {
        let (_, statement) = try session { functions in
            functions.GetData = { _, _, _, place, room, left in
                let part = CLIFaultyDriverTests.parts.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                guard let part else { return CLIReturn.noData.rawValue }
                memset(place, 0x78, Int(room))
                left.pointee = part.left
                return part.code
            }
        }
        Self.parts.withLock { $0 = parts }
        let row = CLIRow(numbers)
        row.begin(columns: 1)
        let found: Outcome
        do throws(DatabaseError) {
            let bytes = try row.bytes(0, of: statement, as: .bytes, limit: 1 << 20)
            #expect(bytes?.allSatisfy { $0 == 0x78 } != false)
            found = bytes.map { .bytes($0.count) } ?? .null
        } catch {
            found = .error(error.code)
        }
        #expect(found == outcome)
    }

    // MARK: Logins

    private static let hangs = Atomic<Bool>(false)
    private static let mayReturn = DispatchSemaphore(value: 0)

    private func hangingSession() throws -> CLISession {
        var library = try CLILibrary(.odbc(path: nil))
        library.functions.DriverConnect = { _, _, _, _, _, _, _, _ in
            if CLIFaultyDriverTests.hangs.load(ordering: .acquiring) { CLIFaultyDriverTests.mayReturn.wait() }
            return CLIReturn.noData.rawValue
        }
        return try CLISession(library)
    }

    private func login(_ logins: CLILogins, within limit: Duration, _ abort: AbortSignal = .never) -> DatabaseError? {
        do {
            let diagnostics = try logins.connect(hangingSession(), Secret("DSN=x"), within: limit, abort)
            #expect(diagnostics != nil)
            return nil
        } catch {
            return error as? DatabaseError
        }
    }

    @Test("a login that the driver does not end is given up, and no more threads than a few are left to such a driver")
    func hangingLogin() throws {
        let logins = CLILogins(margin: .zero)
        Self.hangs.store(true, ordering: .releasing)
        for _ in 0..<7 {
            let error = login(logins, within: .milliseconds(5))
            #expect(error?.code == .unavailable && error?.isRetryable == true && error?.isLoginRefused == false)
            #expect(error?.message.contains("look whether it runs, at its host and port") == true)
            #expect(error?.detail?.contains("the driver waits on") == true)
        }
        #expect(login(logins, within: .seconds(3600), AbortSignal { true })?.code == .landing)
        #expect(login(logins, within: .seconds(3600))?.detail == "8 earlier logins hang in the driver")
        Self.hangs.store(false, ordering: .releasing)
        for _ in 0..<8 { Self.mayReturn.signal() }
        // Once they have returned, logins go on.
        while login(logins, within: .seconds(60)) != nil {}
    }

    // MARK: Requests to stop

    private static let isExecuting = DispatchSemaphore(value: 0)
    private static let isCancelling = DispatchSemaphore(value: 0)
    private static let mayEndCancelling = DispatchSemaphore(value: 0)
    private static let closed = Atomic<Int>(0)

    @Test("a request to stop that hangs holds the worker for a while only: then the connection is lost, and left alone")
    func hangingRequest() throws {
        let (session, _) = try session { functions in
            functions.Execute = { _ in
                CLIFaultyDriverTests.isExecuting.signal()
                CLIFaultyDriverTests.isCancelling.wait()
                return 0
            }
            functions.Cancel = { _ in
                CLIFaultyDriverTests.isCancelling.signal()
                CLIFaultyDriverTests.mayEndCancelling.wait()
                return 0
            }
            functions.FreeStmt = { _, _ in
                CLIFaultyDriverTests.closed.add(1, ordering: .relaxed)
                return 0
            }
        }
        let connection = try CLIConnection(
            (session, CLIProduct(named: "SQLite")),
            setup: [],
            isolation: nil,
            statementCacheSize: 4,
            canceller: CLICanceller(limit: .milliseconds(50))
        )
        let interrupter = try #require(connection.interrupter)
        let hasEnded = DispatchSemaphore(value: 0)
        try WorkerThread.start(named: "stopper") {
            Self.isExecuting.wait()
            interrupter.interrupt { hasEnded.signal() }
        }
        let query = QueuedQuery(
            statement: EngineStatement(sql: "CREATE TABLE t (a INTEGER)", parameterOrder: []),
            values: [],
            isReadOnly: false,
            submittedAt: .now,
            deadline: .now + .seconds(30),
            maximumBytes: 1 << 20
        ) { _ in }
        var error: DatabaseError?
        connection.start(query) { if case .failure(let failure) = $1 { error = failure } }
        #expect(error?.code == .unavailable && error?.isOutcomeUnknown == true)
        #expect(connection.loss == .silentServer)
        #expect(Self.closed.load(ordering: .relaxed) == 0)
        connection.close()
        Self.mayEndCancelling.signal()
        hasEnded.wait()
    }
}
