import HydrogenCore
import HydrogenTesting
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

@testable import DatabaseSubsystem

/// A DQM and an endpoint, with a network in between.
@Suite("An AI endpoint", .enabled(if: StandIn.isAvailable, StandIn.absence), .timeLimit(.minutes(2)))
struct AIConnectionTests {
    private let standIn: StandIn

    init() throws {
        standIn = try StandIn()
    }

    private var settings: AISettings { AISettings(chattingWith: standIn.endpoint) }

    /// Performs `body` with a DQM, and closes it.
    private func withQueue<Value: Sendable>(
        _ settings: AISettings? = nil,
        _ body: (AIQueue) async throws -> Value
    ) async throws -> Value {
        let queue = try await AIQueue(settings ?? self.settings)
        do {
            let value = try await body(queue)
            await queue.close()
            return value
        } catch {
            await queue.close()
            throw error
        }
    }

    // MARK: Results

    @Test("a chat is one row, with what it has cost")
    func chat() async throws {
        var settings = settings
        settings.system = "Be brief."
        settings.key = Secret("sk-1")
        try await withQueue(settings) { queue async throws in
            #expect(
                try await queue.rows("Greet :name", ["Ann \"é\" 🙂"])
                    == #"[{"content":"(Be brief.) echo: Greet Ann \"é\" 🙂","finish_reason":"stop","model":"stand-in","#
                    + #""prompt_tokens":6,"completion_tokens":7,"total_tokens":13}]"#
            )
            let seen = try await standIn.seen()
            #expect(
                seen.bodies == [
                    #"{"model":"stand-in","messages":[{"role":"system","content":"Be brief."},"#
                        + #"{"role":"user","content":"Greet Ann \"é\" 🙂"}]}"#
                ]
            )
            #expect(seen.authorizations == [#""Bearer sk-1""#])
        }
    }

    @Test("counts that an endpoint does not give are null")
    func noUsage() async throws {
        try await withQueue { queue async throws in
            #expect(
                try await queue.rows("x !nousage", form: ResultForm(.csv))
                    == "content,finish_reason,model,prompt_tokens,completion_tokens,total_tokens\r\n"
                    + "echo: x !nousage,stop,stand-in,,,\r\n"
            )
        }
    }

    @Test("with a schema the reply's fields are the columns")
    func schema() async throws {
        let schema = try ReplySchema(
            #"{"type":"array","items":{"type":"object","properties":{"text":{"type":"string"},"n":{"type":"integer"},"x":{"type":"number"},"#
                + #""yes":{"type":"boolean"},"list":{"type":"array","items":{"type":"null"}},"kind":{"enum":["a","b"]}}}}"#
        )
        let options = PromptOptions(model: nil, system: nil, schema: schema)
        try await withQueue { queue async throws in
            let row = #"{"text":"Hi","n":2,"x":0.5,"yes":true,"list":[null,null],"kind":"a"}"#
            #expect(try await queue.rows("Hi", options: options) == "[\(row),\(row)]")
            #expect(try await queue.rows("Hi", options: options, form: ResultForm(.json, maximumRows: 1)) == "[\(row)]")
            let error = await Self.error {
                _ = try await queue.rows(#"!reply={"rows":[{"text":1}]}"#, options: options)
            }
            #expect(error?.code == .refused)
            #expect(error?.detail == "rows[0].text should be string, got a number")
        }
    }

    @Test("an embedding is one row with all its digits")
    func embedding() async throws {
        var settings = settings
        settings.mode = .embeddings
        try await withQueue(settings) { queue async throws in
            #expect(
                try await queue.rows("two words\nand a line")
                    == #"[{"index":0,"embedding":[0.875,-0.359375,-0.351562,0.945312,0.507812,-0.101562,-0.929688,0.484375],"#
                    + #""model":"stand-in","prompt_tokens":5,"total_tokens":5}]"#
            )
        }
    }

    @Test("what still comes for a request that has ended is let go while a sign of life is waited for")
    func strangers() async throws {
        let exchanges = try AIExchanges(settings)
        let late = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Void.self)
        exchanges.inbox.put(AIInbox.Letter(ticket: 1, content: .piece(ByteBuffer(string: "late"), late)))
        #expect(try exchanges.models(2, .never).status == .ok)
        try await late.futureResult.get()
        exchanges.close()
    }

    // MARK: Streams

    /// What a caller was given piece by piece, as it comes.
    private final class Caller: Sendable {
        let pieces = Journal<String>()
        let outcome = Journal<Result<String, DatabaseError>>()
        /// Whether what came counts as taken.
        let takes: Bool

        init(takes: Bool = true) {
            self.takes = takes
        }

        func stream() -> ResultStream {
            ResultStream { [self] stream, chunk in
                pieces.append(String(buffer: chunk))
                if takes { stream.consumed(chunk.readableBytes) }
            }
        }

        func completed(_ result: Result<QueryAnswer, DatabaseError>) {
            outcome.append(result.map { String(buffer: $0.rows.body) })
        }

        /// How it ended, once it has.
        func end() async -> Result<String, DatabaseError>? { await outcome.first { _ in true } }
    }

    private func streamed(_ queue: AIQueue, _ prompt: String, to caller: Caller) -> QueuedQuery {
        let query = queue.query(
            prompt,
            form: ResultForm(.ndjson),
            stream: caller.stream(),
            completion: { caller.completed($0) }
        )
        #expect(query.enter(queue.queue, as: .medium))
        return query
    }

    private static func line(_ content: String) -> String {
        #"{"content":\#(content.jsonQuoted),"finish_reason":null,"model":null,"prompt_tokens":null,"#
            + "\"completion_tokens\":null,\"total_tokens\":null}\n"
    }

    @Test("the pieces of a streamed reply leave as they come, while others are answered")
    func stream() async throws {
        try await withQueue { queue async throws in
            let caller = Caller()
            _ = streamed(queue, "one two !step", to: caller)
            // Nothing goes without a step: what came before the next one came as soon as it could.
            for (count, word) in ["echo:", " one", " two", " !step"].enumerated() {
                try await standIn.step()
                let piece = await caller.pieces.first(from: count) { _ in true }
                #expect(piece == Self.line(word))
                #expect(try await queue.rows("neighbour").contains("echo: neighbour"))
            }
            let end = try await caller.end()?.get()
            #expect(
                end == #"{"content":null,"finish_reason":"stop","model":"stand-in","prompt_tokens":3,"#
                    + "\"completion_tokens\":4,\"total_tokens\":7}\n"
            )
            #expect(
                try await standIn.seen().bodies.first?.hasSuffix(
                    #""stream":true,"stream_options":{"include_usage":true}}"#
                )
                    == true
            )
        }
    }

    @Test("a stream that breaks off ends with an error", arguments: ["cut", "broken"])
    func brokenStream(how: String) async throws {
        try await withQueue { queue async throws in
            let caller = Caller()
            _ = streamed(queue, "a b c !step !\(how)", to: caller)
            try await standIn.step()
            #expect(await caller.pieces.first { _ in true } == Self.line("echo:"))
            for _ in 0..<5 { try await standIn.step() }
            guard case .failure(let error)? = await caller.end() else {
                Issue.record("it has an end")
                return
            }
            #expect(error.code == .unavailable)
            #expect(caller.pieces.entries.count <= 2, "what came with the break may be lost")
        }
    }

    @Test("an endpoint that does not stream is taken whole")
    func unstreamed() async throws {
        try await withQueue { queue async throws in
            let caller = Caller()
            _ = streamed(queue, "x !plain", to: caller)
            #expect(
                try await caller.end()?.get().contains(#""content":"echo: x !plain","finish_reason":"stop""#) == true
            )
            #expect(caller.pieces.entries == [])
        }
    }

    @Test("a caller that takes nothing holds its own reply alone")
    func slowCaller() async throws {
        try await withQueue { queue async throws in
            let caller = Caller(takes: false)
            let long = String(repeating: "many words ", count: 40_000)
            let query = queue.query(
                "!reply=\(long)",
                form: ResultForm(.ndjson),
                maximumBytes: 1 << 30,
                stream: caller.stream(),
                completion: { caller.completed($0) }
            )
            #expect(query.enter(queue.queue, as: .medium))
            _ = await caller.pieces.first { _ in true }
            #expect(try await queue.rows("neighbour").contains("echo: neighbour"))
            query.cancel()
            guard case .failure(let error)? = await caller.end() else {
                Issue.record("it has an end")
                return
            }
            #expect(error.code == .cancelled)
            #expect(caller.pieces.entries.reduce(0) { $0 + $1.utf8.count } < 3 << 20, "a window of it is under way")
            try await standIn.aborted(atLeast: 1)
        }
    }

    // MARK: Failures

    @Test(
        "a failure says what to do",
        arguments: [
            ("!status=400", DatabaseError.Code.refused, "refused the request (HTTP 400, asked_for_400)"),
            ("!status=401", .unavailable, "does not let this key or account in (HTTP 401"),
            ("!status=404", .refused, "does not have the model"),
            ("!status=429", .busy, "takes no more requests at present"),
            ("!status=500", .unavailable, "the endpoint failed (HTTP 500"),
            ("!status=302", .unavailable, "a redirection is not followed"),
            ("!html", .unavailable, "the endpoint's reply is no JSON"),
            ("!cut", .unavailable, "in the midst of its reply"),
            ("!refuse", .refused, "the model would not answer"),
        ]
    )
    func failures(prompt: String, code: DatabaseError.Code, message: String) async throws {
        try await withQueue { queue async throws in
            let error = await queue.failure(prompt)
            #expect(error?.code == code)
            #expect(error?.message.contains(message) == true, "\(error.debugDescription)")
            #expect(error?.message.contains(prompt) == false, "what anybody may see quotes nothing")
            #expect(try await queue.rows("next").contains("echo: next"), "the connection goes on")
        }
    }

    @Test("a reply that is larger than a result may be is refused, not kept")
    func tooLarge() async throws {
        try await withQueue { queue async throws in
            let error = await queue.failure(String(repeating: "long ", count: 1000), maximumBytes: 2000)
            #expect(error?.code == .resultTooLarge)
            #expect(try await queue.rows("next").contains("echo: next"))
        }
    }

    @Test("batches that are to be all or nothing, and SQL, are refused")
    func noSQL() async throws {
        let connection = try AIEngine(settings).connectForRehearsal()
        defer { connection.close() }
        #expect(
            Self.refusal { () throws(DatabaseError) in try connection.begin(nil) }?.contains("no transactions") == true
        )
        #expect(Self.refusal { () throws(DatabaseError) in try connection.run("x") }?.contains("no tables") == true)
        let statement = EngineStatement(sql: "SELECT 1", parameterOrder: [])
        #expect(
            Self.refusal { () throws(DatabaseError) in _ = try connection.rows(statement, [], limit: 1) }?
                .contains("no tables") == true
        )
        try await withQueue { queue async throws in
            let query = queue.query("x") { _ in }
            let batch = AtomicBatch([AtomicBatch.Step(query)])
            let error = await withCheckedContinuation { continuation in
                queue.queue.submit(
                    QueuedQuery(
                        tag: .medium,
                        batch: batch,
                        submittedAt: .now,
                        deadline: .now + .seconds(60),
                        maximumBytes: 1000,
                        onDetour: { _, _ in },
                        completion: { continuation.resume(returning: $0.failure) }
                    )
                )
            }
            #expect(error?.message.contains("leave atomic out") == true)
        }
    }

    private static func refusal(_ body: () throws(DatabaseError) -> Void) -> String? {
        do throws(DatabaseError) {
            try body()
            return nil
        } catch {
            #expect(error.code == .refused)
            return error.message
        }
    }

    private static func error(_ body: () async throws -> Void) async -> DatabaseError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? DatabaseError
        }
    }

    // MARK: Pauses

    @Test("during a pause that the endpoint asked for, nothing is sent: what cannot wait is told how long it lasts")
    func pause() async throws {
        try await withQueue { queue async throws in
            let error = await queue.failure("!status=429,30")
            #expect(error?.code == .busy)
            #expect(error?.retryAfter == .seconds(30))
            let held = await queue.failure("held back", due: .seconds(10))
            #expect(held?.code == .busy)
            #expect(held?.message.contains("asked for a pause") == true)
            #expect((held?.retryAfter).map { $0 > .seconds(15) && $0 <= .seconds(30) } == true)
            #expect(try await standIn.seen().bodies.count == 1)
        }
    }

    @Test("what can wait is sent at the end of the pause, by all connections of the endpoint")
    func pauseEnds() async throws {
        let engine = AIEngine(settings)
        let (first, second) = (
            try await AIQueue(settings, engine: engine), try await AIQueue(settings, engine: engine)
        )
        let began = ContinuousClock.now
        #expect(await first.failure("!status=503,1")?.retryAfter == .seconds(1))
        #expect(try await second.rows("patient").contains("echo: patient"))
        #expect(ContinuousClock.now - began >= .seconds(1))
        await first.close()
        await second.close()
    }

    @Test("a longer pause than MaxRetryAfterSeconds is cut")
    func longPause() async throws {
        var settings = settings
        settings.maximumRetryAfter = .seconds(1)
        try await withQueue(settings) { queue async throws in
            #expect(await queue.failure("!status=429,86400")?.retryAfter == .seconds(1))
            #expect(try await queue.rows("patient").contains("echo: patient"))
        }
    }

    // MARK: Many at once

    @Test("no more requests are under way at once than allowed, whichever connection sends them")
    func concurrency() async throws {
        var settings = settings
        settings.concurrentRequests = 3
        let engine = AIEngine(settings)
        let queues = [
            try await AIQueue(settings, engine: engine), try await AIQueue(settings, engine: engine),
        ]
        let answers = await withTaskGroup(of: String?.self) { group in
            for number in 0..<50 {
                group.addTask { try? await queues[number % 2].rows("call \(number) !sleep=0.01") }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { $0?.contains("echo: call") == true } == 50)
        let seen = try await standIn.seen()
        #expect(seen.bodies.count == 50)
        #expect(seen.most <= 3)
        #expect(seen.most > 1, "they do go side by side")
        for queue in queues { await queue.close() }
    }

    // MARK: Callers that leave

    @Test("a request whose caller leaves is given up at once, and its neighbours are not")
    func cancel() async throws {
        try await withQueue { queue async throws in
            let neighbour = Journal<Result<String, DatabaseError>>()
            let outcome = Journal<DatabaseError?>()
            let left = queue.query("!wait") { outcome.append($0.failure) }
            let other = queue.query("slow !sleep=0.3") { result in
                neighbour.append(result.map { String(buffer: $0.rows.body) })
            }
            #expect(left.enter(queue.queue, as: .slow))
            #expect(other.enter(queue.queue, as: .slow))
            try await standIn.running(2)
            left.cancel()
            #expect(await outcome.first { _ in true }??.code == .cancelled)
            try await standIn.aborted(atLeast: 1)
            #expect(try await neighbour.first { _ in true }?.get().contains("echo: slow") == true)
        }
    }

    @Test("a request past its deadline is given up")
    func deadline() async throws {
        try await withQueue { queue async throws in
            #expect(await queue.failure("!wait", due: .milliseconds(200))?.code == .deadlineExceeded)
            try await standIn.aborted(atLeast: 1)
        }
    }

    @Test("what is in flight at a landing is answered and given up, and nothing hangs")
    func landing() async throws {
        let queue = try await AIQueue(settings)
        let outcomes = Journal<DatabaseError?>()
        for _ in 0..<6 { queue.queue.submit(queue.query("!wait") { outcomes.append($0.failure) }) }
        try await standIn.running(4)
        await queue.close()
        #expect(outcomes.entries.map { $0?.code } == Array(repeating: .landing, count: 6))
        try await standIn.aborted(atLeast: 4)
    }

    // MARK: Connecting

    @Test("connections to one endpoint ask for one sign of life")
    func oneCheck() async throws {
        let engine = AIEngine(settings)
        let connections = try (0..<3).map { _ in try engine.connectForRehearsal() }
        for connection in connections {
            try connection.check()
            connection.close()
        }
    }

    @Test("an endpoint that is not there is down; that is no fault of the configuration")
    func absent() async throws {
        let settings = AISettings(chattingWith: "http://127.0.0.1:9/v1")
        let error = await Self.error { _ = try await AIQueue(settings) }
        #expect(error?.code == .unavailable)
        #expect(error?.message.hasPrefix("the endpoint cannot be reached; look at host and port") == true)
        #expect(error?.detail?.contains("http://127.0.0.1:9/v1") == true)
        #expect(error?.isLoginRefused == false)
    }

    @Test("an endpoint that goes away is a lost connection, once nothing is in flight")
    func lost() async throws {
        let other = try StandIn()
        let queue = try await AIQueue(AISettings(chattingWith: other.endpoint))
        #expect(try await queue.rows("x").contains("echo: x"))
        other.end()
        // What was kept open has ended; the next connection cannot be opened.
        var error = await queue.failure("y")
        if error?.message.contains("in the midst") == true { error = await queue.failure("y") }
        #expect(error?.message.hasPrefix("the endpoint cannot be reached; look at host and port") == true)
        #expect(error?.retryAfter == .seconds(1))
        #expect(await queue.failure("z")?.message.contains("was lost and is being replaced") == true)
        await queue.close()
    }

    @Test("an encrypted endpoint needs a certificate that somebody vouches for")
    func certificates() async throws {
        let certificate = StandIn.file("localhost.pem")
        let encrypted = try StandIn(
            ["--certificate", certificate, "--private-key", StandIn.file("localhost.key")],
            scheme: "https"
        )
        var settings = AISettings(chattingWith: encrypted.endpoint)
        let error = await Self.error { _ = try await AIQueue(settings) }
        #expect(error?.message.contains("look at SSLRootCertificate") == true, "\(error.debugDescription)")
        settings.rootCertificate = certificate
        try await withQueue(settings) { queue async throws in
            #expect(try await queue.rows("x").contains("echo: x"))
        }
    }

    @Test("a file of certificates without one is a No-Go that names the key, and no place in a library's source")
    func noCertificates() async throws {
        var settings = AISettings(chattingWith: "https://127.0.0.1:9/v1")
        settings.rootCertificate = StandIn.file("stand_in.py")
        let findings = "\(AIEngine(settings).inspect())"
        #expect(findings.contains("SSLRootCertificate: ") && findings.contains("holds no certificate"), "\(findings)")
        let error = await Self.error { _ = try await AIQueue(settings) }
        #expect(error?.message.contains("SSLRootCertificate holds no certificate") == true, "\(error.debugDescription)")
        #expect(error.debugDescription.contains(".cc") == false)
        settings.rootCertificate = StandIn.file("localhost.pem")
        #expect(!"\(AIEngine(settings).inspect())".contains("SSLRootCertificate"))
    }

    @Test(
        "what is at the endpoint's port and is none is told by one sentence",
        arguments: [
            ("http", Array("J\0\0\0\n11.8.3-MariaDB\0".utf8), "does not speak HTTP"),
            ("https", Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), "does not speak TLS"),
            ("https", [0x15, 3, 1, 0, 2, 2, 40], "TLS with the endpoint failed"),
            ("http", nil, "did not answer in time"), ("https", nil, "did not answer in time"),
        ] as [(String, [UInt8]?, String)]
    )
    func foreign(scheme: String, greeting: [UInt8]?, words: String) async throws {
        let server = try ForeignServer(greeting: greeting)
        var settings = AISettings(chattingWith: "\(scheme)://127.0.0.1:\(server.port)/v1")
        settings.connectTimeout = .seconds(1)
        if greeting != nil { settings.connectTimeout = .seconds(60) }
        let error = await Self.error { [settings] in _ = try await AIQueue(settings) }
        #expect(error?.message.contains(words) == true, "\(error.debugDescription)")
        #expect(error?.message.contains("Endpoint") == true)
        #expect(error?.detail?.contains("127.0.0.1:\(server.port)") == true)
        #expect(error.debugDescription.contains(".cc") == false && error.debugDescription.contains("build") == false)
    }

    @Test("a key that the endpoint refuses is a refused login, and is shown nowhere")
    func wrongKey() async throws {
        let strict = try StandIn(["--key", "sk-right"])
        var settings = AISettings(chattingWith: strict.endpoint)
        settings.key = Secret("sk-wrong")
        let error = await Self.error { _ = try await AIQueue(settings) }
        #expect(error?.code == .unavailable)
        #expect(error?.isLoginRefused == true)
        #expect(error.debugDescription.contains("sk-") == false)
        settings.key = Secret("sk-right")
        let queue = try await AIQueue(settings)
        #expect(try await queue.rows("x").contains("echo: x"))
        await queue.close()
    }
}

extension Result where Failure == DatabaseError {
    fileprivate var failure: DatabaseError? { if case .failure(let error) = self { error } else { nil } }
}
