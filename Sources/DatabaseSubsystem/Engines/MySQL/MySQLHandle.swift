import CDatabaseClients
import HydrogenCore

/// Owns one `MYSQL *`: closed exactly once. Confined to the thread that uses it.
///
/// Every call that may wait for the server is one of the library's pairs that do not block; ``complete(_:_:start:resume:)`` waits
/// in their place, in slices, so that no call outlasts the patience for it.
final class MySQLHandle {
    let pointer: OpaquePointer
    let functions: HydrogenMySQLFunctions

    /// What other threads may do with the connection.
    let wire = MySQLWire()

    private var isClosed = false
    /// Whether the connection was given up while the server owed an answer.
    private var isCut = false
    /// The socket that has been prepared.
    private var preparedSocket: CInt = -1

    /// - Throws: `unavailable` when there is no memory.
    init(_ library: MySQLLibrary) throws(DatabaseError) {
        functions = library.functions
        guard let made = functions.`init`(nil) else {
            throw DatabaseError(.unavailable, "no memory for a connection")
        }
        pointer = made
    }

    deinit {
        close()
    }

    /// Ends the connection. Statements must be freed afterwards: then they have nothing left to say to the server.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        // The farewell is not to wait for a server that does not listen, and TLS would wait for the server's.
        let socket = socket
        if socket >= 0 {
            if isCut { hydrogen_socket_cut(socket) } else { hydrogen_socket_prepare(socket, Self.farewellMilliseconds) }
        }
        functions.close(pointer)
        wire.release()
    }

    private static let farewellMilliseconds: CInt = 100

    /// The socket to watch; -1 when there is none any more.
    var socket: CInt { isClosed ? -1 : functions.get_socket(pointer) }

    /// What the server calls the session.
    var sessionID: UInt { functions.thread_id(pointer) }

    /// Whether the server is MariaDB, and not MySQL.
    var isMariaDB: Bool { functions.isMariaDB(pointer) != 0 }

    /// What the last call failed with.
    var lastError: MySQLErrorNumber { MySQLErrorNumber(rawValue: functions.errorNumber(pointer)) }
    /// The SQLSTATE of the last call.
    var lastState: SQLState { SQLState(rawValue: String(cString: functions.sqlstate(pointer))) }
    /// The words of the last call: for logs, as they may name hosts and users.
    var lastReason: String { String(cString: functions.error(pointer)) }

    /// The server's flags after the last answer that was no error. Source: mariadb_com.h; `MARIADB_CONNECTION_SERVER_STATUS`.
    private var status: UInt32 {
        var status: UInt32 = 0
        return functions.get_info(pointer, 30, &status) == 0 ? status : 0
    }

    /// `SERVER_STATUS_IN_TRANS`.
    var isInTransaction: Bool { status & 1 != 0 }
    /// `SERVER_STATUS_AUTOCOMMIT`.
    var commitsByItself: Bool { status & 2 != 0 }

    // MARK: Waiting

    /// Starts a call, and waits until it is done.
    ///
    /// - Parameters:
    ///   - nothing: What the call returns before it is done.
    ///   - patience: Says for how long.
    ///   - mayGoOn: Looks, before the call goes on, whether it may; `nil` to be asked again in a moment.
    /// - Throws: What the patience objected to; the connection is over then.
    func complete<Value>(
        _ nothing: Value,
        _ patience: inout MySQLPatience,
        mayGoOn: (() -> Result<Void, DatabaseError>?)? = nil,
        start: (inout Value) -> CInt,
        resume: (inout Value, CInt) -> CInt
    ) throws(DatabaseError) -> Value {
        var value = nothing
        var events = start(&value)
        while events != 0 {
            if let objection = wait(for: events, &patience) ?? mayGoOn.flatMap({ hold($0, &patience) }) {
                cut { resume(&value, $0) }
                throw objection
            }
            events = resume(&value, events & (Self.read | Self.write | Self.exception))
        }
        return value
    }

    /// `MYSQL_WAIT_READ`, `_WRITE`, `_EXCEPT`, `_TIMEOUT`.
    private static let read: CInt = 1
    private static let write: CInt = 2
    private static let exception: CInt = 4
    private static let timeout: CInt = 8

    private func wait(for events: CInt, _ patience: inout MySQLPatience) -> DatabaseError? {
        prepareSocket()
        while !isReady(
            reading: events & Self.read != 0,
            writing: events & Self.write != 0,
            atMost: ServerPatience.slice
        ) {
            if let objection = patience.objection() { return objection }
        }
        return patience.heard()
    }

    /// Waits until a call may go on. Returns why it may not.
    private func hold(_ mayGoOn: () -> Result<Void, DatabaseError>?, _ patience: inout MySQLPatience) -> DatabaseError?
    {
        while true {
            switch mayGoOn() {
            case .success?: return nil
            case .failure(let error)?: return error
            case nil: if let objection = patience.objection() { return objection }
            }
            // For as long as it is neither readable anew nor broken, which poll(2) does not tell apart from readable before.
            _ = hydrogen_socket_wait(socket, 0, 0, Self.holdMilliseconds)
        }
    }

    private static let holdMilliseconds: CInt = 2

    /// What the server has said first, before the library has read it; `nil` while there is no connection, and of one that ended.
    var greeting: MySQLGreeting? {
        let socket = socket
        guard socket >= 0, isConnected(socket) else { return nil }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: MySQLGreeting.longest) { bytes in
            guard let start = bytes.baseAddress else { return nil }
            let count = Int(hydrogen_socket_peek(socket, start, CInt(bytes.count)))
            return count < 0 ? nil : MySQLGreeting(Array(bytes[..<count])[...])
        }
    }

    private func isConnected(_ socket: CInt) -> Bool {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { text in
            text.baseAddress.map { hydrogen_socket_peer(socket, $0, CInt(text.count)) != 0 } ?? false
        }
    }

    /// Under TLS a call that does not block does so where its socket blocks.
    private func prepareSocket() {
        let socket = socket
        guard socket != preparedSocket else { return }
        preparedSocket = socket
        if socket >= 0 { hydrogen_socket_prepare(socket, ServerPatience.slice.pollMilliseconds) }
    }

    /// To be called once the connection is open: the library has set its socket up anew.
    func wasOpened() {
        preparedSocket = -1
        prepareSocket()
        wire.attach(socket)
    }

    /// Whether anything has come that was not read: between two calls that is what nobody asked for, or the end.
    var hasUnread: Bool { hydrogen_mysql_has_unread(pointer) != 0 || isReady(atMost: .zero) }

    /// Whether the socket is as wished, before `limit` is over; a broken one always is.
    func isReady(reading: Bool = true, writing: Bool = false, atMost limit: Duration) -> Bool {
        let socket = socket
        guard socket >= 0 else { return true }
        return hydrogen_socket_wait(socket, reading ? 1 : 0, writing ? 1 : 0, limit.pollMilliseconds) != 0
    }

    /// Ends the connection without a word.
    func cut() {
        isCut = true
        let socket = socket
        if socket >= 0 { hydrogen_socket_cut(socket) }
    }

    /// Ends the connection under a call that waits, and lets the call find that out, so that it frees what it holds.
    private func cut(_ resume: (CInt) -> CInt) {
        cut()
        var steps = 0
        while steps < Self.mostSteps, resume(Self.read | Self.write | Self.timeout) != 0 { steps += 1 }
    }

    /// How often a call is told that its connection is over; once is enough, but for a library that tries again.
    private static let mostSteps = 16
}
