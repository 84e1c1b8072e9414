import CDatabaseClients
import Glibc
package import HydrogenCore

/// One POSIX thread that runs a body to its end, for C calls that block.
///
/// The thread holds its body; nobody need hold the ``WorkerThread``.
package enum WorkerThread {
    /// Enough for every client library met so far; IBM's needs 128 KiB at least.
    private static let stackBytes = 1 << 20

    private final class Body: Sendable {
        let name: String
        let ended: Latch?
        let run: @Sendable () -> Void

        init(name: String, ended: Latch?, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.ended = ended
            self.run = run
        }
    }

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - name: Shown by ps and gdb, cut at 15 bytes.
    ///   - ended: Opened when the body has returned and what it held has been let go.
    /// - Throws: `unavailable` when the system has no thread left.
    package static func start(
        named name: String,
        ended: Latch? = nil,
        _ run: @escaping @Sendable () -> Void
    ) throws(DatabaseError) {
        let body = Unmanaged.passRetained(Body(name: name, ended: ended, run: run))
        // Memory without a value, as the type's empty initializer belongs to whichever C module came first.
        let result = withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { memory -> CInt in
            guard let attributes = memory.baseAddress else { return ENOMEM }
            pthread_attr_init(attributes)
            defer { pthread_attr_destroy(attributes) }
            pthread_attr_setstacksize(attributes, stackBytes)
            pthread_attr_setdetachstate(attributes, CInt(PTHREAD_CREATE_DETACHED))
            var thread = pthread_t()
            return pthread_create(
                &thread,
                attributes,
                { argument in
                    guard let argument else { return nil }
                    let body = Unmanaged<Body>.fromOpaque(argument)
                    let ended = body.takeUnretainedValue().ended
                    hydrogen_thread_name(body.takeUnretainedValue().name)
                    body.takeUnretainedValue().run()
                    body.release()
                    ended?.open()
                    return nil
                },
                body.toOpaque()
            )
        }
        guard result == 0 else {
            body.release()
            throw DatabaseError(
                .unavailable,
                "no thread for \(name): \(String(cString: strerror(result))); raise the limit (ulimit -u)"
            )
        }
    }

    /// Runs a body that blocks on a thread of its own, and waits for its result without blocking.
    static func result<Value: Sendable>(
        named name: String,
        _ body: @escaping @Sendable () throws(DatabaseError) -> Value
    ) async -> Result<Value, DatabaseError> {
        await withCheckedContinuation { continuation in
            do throws(DatabaseError) {
                try start(named: name) { continuation.resume(returning: Result(catching: body)) }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
    }
}
