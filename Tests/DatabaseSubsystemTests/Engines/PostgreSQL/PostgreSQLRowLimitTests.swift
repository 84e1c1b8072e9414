import HydrogenCore
import NIOCore
import Synchronization
import Testing

@testable import DatabaseSubsystem

@Suite("The most rows of a result of PostgreSQL", PostgreSQLServer.isThere, .timeLimit(.minutes(2)))
struct PostgreSQLRowLimitTests {
    private func expected(_ count: Int) -> String {
        "[" + (1...count).map { "{\"n\":\($0)}" }.joined(separator: ",") + "]"
    }

    /// 64 rows come at once where libpq can do that, else one by one.
    @Test(
        "as many rows as were asked for, and whether there were more",
        arguments: [TagSet(.medium), TagSet(.fast)],
        [1, 2, 63, 64, 65, 127, 128, 129, 130, 1000]
    )
    func limit(tags: TagSet, limit: Int) throws {
        let session = try PostgreSQLTestSession(tags)
        for count in [1, limit - 1, limit, limit + 1, limit + 500] where count > 0 {
            let form = ResultForm(maximumRows: limit)
            let rows = try session.run([session.query("SELECT generate_series(1, \(count)) AS n", form: form)])[0].get()
            #expect(rows.rowCount == min(limit, count) && rows.isTruncated == (count > limit))
            #expect(String(buffer: rows.body) == expected(min(limit, count)))
            #expect(try session.json("SELECT 1 AS one") == #"[{"one":1}]"#)
        }
        #expect(session.connection.isUsable)
    }

    @Test("a batch of reads, each with its limit, answers each by itself", arguments: [41, 42] as [UInt64])
    func batch(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let session = try PostgreSQLTestSession(TagSet(.fast))
        for _ in 0..<10 {
            let cases = (0..<100).map { _ in
                (count: Int.random(in: 1...9, using: &generator), limit: Int.random(in: 1...9, using: &generator))
            }
            let outcomes = session.run(
                cases.map {
                    session.query(
                        "SELECT generate_series(1, \($0.count)) AS n",
                        form: ResultForm(maximumRows: $0.limit)
                    )
                }
            )
            for (wanted, outcome) in zip(cases, outcomes) {
                let rows = try outcome.get()
                #expect(String(buffer: rows.body) == expected(min(wanted.count, wanted.limit)), "seed \(seed)")
                #expect(rows.isTruncated == (wanted.count > wanted.limit), "seed \(seed)")
            }
        }
    }

    @Test("a read that would go on for ever is stopped, and its connection serves the next one")
    func endless() throws {
        let session = try PostgreSQLTestSession()
        let stream = ResultStream { stream, chunk in stream.consumed(chunk.readableBytes) }
        for round in 1...5 {
            let query = session.query(
                "SELECT generate_series(1, 2000000000) AS n",
                form: ResultForm(maximumRows: round),
                stream: round.isMultiple(of: 2) ? stream : nil
            )
            let rows = try session.run([query])[0].get()
            #expect(rows.isTruncated && String(buffer: rows.body) == expected(round))
            for number in 1...20 { #expect(try session.json("SELECT \(number) AS n") == "[{\"n\":\(number)}]") }
        }
        #expect(session.connection.isUsable)
    }

    @Test("a result that is sent while it is read ends at the limit, too", arguments: [99_999, 100_000, 100_001])
    func streamed(limit: Int) throws {
        let session = try PostgreSQLTestSession()
        let whole = Mutex(ByteBuffer())
        let stream = ResultStream { stream, chunk in
            var chunk = chunk
            let bytes = chunk.readableBytes
            _ = whole.withLock { $0.writeBuffer(&chunk) }
            stream.consumed(bytes)
        }
        let form = ResultForm(maximumRows: limit)
        let query = session.query("SELECT generate_series(1, 100000) AS n", form: form, stream: stream)
        let rows = try session.run([query])[0].get()
        #expect(rows.rowCount == min(limit, 100_000) && rows.isTruncated == (limit < 100_000))
        #expect(String(buffer: whole.withLock { $0 }) + String(buffer: rows.body) == expected(min(limit, 100_000)))
        #expect(try session.json("SELECT 1 AS one") == #"[{"one":1}]"#)
    }

    @Test("what writes is done whole, however few of its rows are wanted; its error counts, wherever it comes")
    func writes() throws {
        let session = try PostgreSQLTestSession()
        try session.connection.run("CREATE TABLE t (a int)")
        let form = ResultForm(maximumRows: 2)
        let insert = "INSERT INTO t SELECT generate_series(1, 500) RETURNING a"
        let rows = try session.run([session.query(insert, readOnly: false, form: form)])[0].get()
        #expect(String(buffer: rows.body) == #"[{"a":1},{"a":2}]"# && rows.isTruncated && rows.affectedRows == 500)
        let failing = "INSERT INTO t SELECT generate_series(1, 500) RETURNING 1 / (a - 400) AS q"
        let outcome = session.run([session.query(failing, readOnly: false, form: form)])[0]
        if case .failure(let error) = outcome {
            #expect(error.sqlState == "22012")
        } else {
            Issue.record("it succeeded")
        }
        #expect(try session.json("SELECT count(*) AS n FROM t") == #"[{"n":500}]"#)
    }
}
