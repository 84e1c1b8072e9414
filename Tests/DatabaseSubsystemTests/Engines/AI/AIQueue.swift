import HydrogenCore
import NIOCore
import Synchronization

@testable import DatabaseSubsystem

/// A DQM that asks an endpoint, on a real clock.
struct AIQueue: Sendable {
    let queue: WorkerQueue
    private let settings: AISettings

    init(_ settings: AISettings, depth: Int = 1000) async throws {
        try await self.init(settings, engine: AIEngine(settings), depth: depth)
    }

    /// One of several DQMs of one engine.
    init(_ settings: AISettings, engine: AIEngine, depth: Int = 1000) async throws {
        self.settings = settings
        queue = try WorkerQueue(
            label: QueueLabel(database: "AI", number: 0, tags: .all),
            engine: engine,
            capacity: depth,
            clock: ContinuousClock()
        ) { _ in }
        try queue.start()
        do throws(DatabaseError) {
            try await queue.connect()
        } catch {
            await queue.close()
            throw error
        }
    }

    /// Hands a prompt in. It may have parameters, whose values are texts.
    func query(
        _ prompt: String,
        _ values: [String] = [],
        options: PromptOptions? = nil,
        form: ResultForm = ResultForm(),
        due: Duration = .seconds(100),
        maximumBytes: Int = 1 << 20,
        stream: ResultStream? = nil,
        completion: @escaping @Sendable (Result<QueryAnswer, DatabaseError>) -> Void
    ) -> QueuedQuery {
        let sql = ParsedSQL(prompt, dialect: .prompt)
        let template = QueryTemplate(id: QueryID(1), name: "", sql: sql, prompt: options, source: "test")
        return QueuedQuery(
            statement: EngineStatement(template, for: .question),
            values: values.map { ParameterValue(type: .string, content: .text($0)) },
            isReadOnly: true,
            submittedAt: .now,
            deadline: .now + due,
            maximumBytes: maximumBytes,
            form: form,
            stream: stream,
            completion: completion
        )
    }

    /// The rows that a prompt gives.
    func rows(
        _ prompt: String,
        _ values: [String] = [],
        options: PromptOptions? = nil,
        form: ResultForm = ResultForm(),
        due: Duration = .seconds(100),
        maximumBytes: Int = 1 << 20
    ) async throws(DatabaseError) -> String {
        let result = await withCheckedContinuation { continuation in
            queue.submit(
                query(
                    prompt,
                    values,
                    options: options,
                    form: form,
                    due: due,
                    maximumBytes: maximumBytes
                ) { continuation.resume(returning: $0) }
            )
        }
        return String(buffer: try result.get().rows.body)
    }

    /// Why a prompt gives no rows.
    func failure(_ prompt: String, due: Duration = .seconds(100), maximumBytes: Int = 1 << 20) async -> DatabaseError? {
        do throws(DatabaseError) {
            _ = try await rows(prompt, due: due, maximumBytes: maximumBytes)
            return nil
        } catch {
            return error
        }
    }

    /// The rows of a prompt whose reply is taken as it comes, each a line.
    func streamedRows(_ prompt: String) async throws(DatabaseError) -> [String] {
        let pieces = Mutex("")
        let stream = ResultStream { stream, chunk in
            pieces.withLock { $0 += String(buffer: chunk) }
            stream.consumed(chunk.readableBytes)
        }
        let result = await withCheckedContinuation { continuation in
            queue.submit(
                query(prompt, form: ResultForm(.ndjson), stream: stream) { continuation.resume(returning: $0) }
            )
        }
        let rest = String(buffer: try result.get().rows.body)
        return pieces.withLock { ($0 + rest).split(separator: "\n").map(String.init) }
    }

    func close() async {
        await queue.close()
    }
}
