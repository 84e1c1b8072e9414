import CDatabaseClients
import Glibc

/// Owns an environment and a connection: disconnected and freed exactly once, when nobody has it any more, its statements first.
///
/// Unsafe 1: one thread at a time uses the handle, the worker of the DQM that has the connection. What another thread may do is to
/// cancel a statement (``CLICanceller``), which the interface allows, while it keeps the statement and so the session.
final class CLISession: @unchecked Sendable {
    let handle: HydrogenCLIHandle
    let functions: HydrogenCLIFunctions
    private let environment: HydrogenCLIHandle
    private var isConnected = false
    /// Whether a transaction may be open.
    var isInTransaction = false

    /// Makes a connection that is yet to be opened.
    init(_ library: CLILibrary) throws(DatabaseError) {
        functions = library.functions
        guard hydrogen_cli_use_utf8() != 0 else {
            throw DatabaseError(.unavailable, "the system has no locale C.UTF-8; install the package libc-bin")
        }
        environment = try Self.allocate(CLINumber.environment, in: nil, functions)
        _ = functions.SetEnvAttr(environment, CLINumber.odbcVersion, UnsafeMutableRawPointer(bitPattern: 3), 0)
        do throws(DatabaseError) {
            handle = try Self.allocate(CLINumber.connection, in: environment, functions)
        } catch {
            _ = functions.FreeHandle(CLINumber.environment, environment)
            throw error
        }
    }

    deinit {
        if isConnected {
            // A transaction that is open would keep the connection.
            if isInTransaction { _ = functions.EndTran(CLINumber.connection, handle, CLINumber.rollback) }
            _ = functions.Disconnect(handle)
        }
        _ = functions.FreeHandle(CLINumber.connection, handle)
        _ = functions.FreeHandle(CLINumber.environment, environment)
    }

    /// Allocates a handle.
    static func allocate(
        _ kind: Int16,
        in parent: HydrogenCLIHandle?,
        _ functions: HydrogenCLIFunctions
    ) throws(DatabaseError) -> HydrogenCLIHandle {
        // libdb2 writes half of the slot.
        var slot: HydrogenCLIHandle?
        let code = CLIReturn(rawValue: functions.AllocHandle(kind, parent, &slot))
        guard code.isSuccess, let slot else {
            throw DatabaseError(.unavailable, "the client library has no handle left")
        }
        return slot
    }

    /// Opens the connection. Blocks.
    ///
    /// - Returns: What went wrong; `nil` when it is open.
    func connect(_ string: String) -> CLIDiagnostics? {
        // The locale is the thread's, which need not be the one that made the session.
        _ = hydrogen_cli_use_utf8()
        let code = functions.DriverConnect(handle, nil, string, CLINumber.nulTerminated, nil, 0, nil, 0)
        guard CLIReturn(rawValue: code).isSuccess else { return diagnostics }
        isConnected = true
        return nil
    }

    var diagnostics: CLIDiagnostics { CLIDiagnostics(of: CLINumber.connection, handle, functions) }

    /// Sets an attribute to a number.
    func set(_ attribute: Int32, to value: Int) -> CLIReturn {
        CLIReturn(
            rawValue: functions.SetConnectAttr(handle, attribute, UnsafeMutableRawPointer(bitPattern: value), 0)
        )
    }

    /// Whether the driver knows that the connection is over. Asks nobody.
    var isDead: Bool {
        var value: UInt64 = 0
        let code = functions.GetConnectAttr(handle, CLINumber.connectionDead, &value, 8, nil)
        return CLIReturn(rawValue: code).isSuccess && value & 0xFFFF_FFFF == 1
    }

    /// A text that the connection tells of itself; empty when it does not.
    func text(_ information: UInt16) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { memory in
            guard let start = memory.baseAddress else { return "" }
            start.pointee = 0
            let code = functions.GetInfo(handle, information, start, Int16(memory.count), nil)
            memory[memory.count - 1] = 0
            return CLIReturn(rawValue: code).isSuccess ? String(cString: start) : ""
        }
    }

    /// A number of 32 bits that the connection tells of itself; `nil` when it does not.
    func number(_ information: UInt16) -> UInt32? {
        var value: UInt64 = 0
        let code = functions.GetInfo(handle, information, &value, 8, nil)
        return CLIReturn(rawValue: code).isSuccess ? UInt32(truncatingIfNeeded: value) : nil
    }
}

/// Owns one statement: freed exactly once, before its session.
///
/// Unsafe 1: as ``CLISession``.
final class CLIStatementHandle: @unchecked Sendable {
    let handle: HydrogenCLIHandle
    let session: CLISession

    init(on session: CLISession) throws(DatabaseError) {
        self.session = session
        handle = try CLISession.allocate(CLINumber.statement, in: session.handle, session.functions)
    }

    deinit {
        _ = session.functions.FreeHandle(CLINumber.statement, handle)
    }

    var diagnostics: CLIDiagnostics { CLIDiagnostics(of: CLINumber.statement, handle, session.functions) }
}
