import HydrogenCore
import NIOCore
import Synchronization
import Testing

@testable import DatabaseSubsystem

/// What every engine owes, from one table of cases: the same templates give the same bytes, and the same mishaps the same answers.
@Suite("Engines conform", .timeLimit(.minutes(5)))
struct ConformanceTests {
    private typealias Subject = ConformanceSubject

    // MARK: Values

    @Test("every value comes back as the same JSON", arguments: Subject.present)
    func values(subject: ConformanceSubject) async throws {
        try await ConformanceSession.with(subject) { session in
            for (number, value) in ConformanceValue.all.enumerated() {
                guard let type = value.types[subject.dialect] else {
                    ConformanceReport.add(subject, value.name, .notApplicable("the database has no such type"))
                    continue
                }
                if let reason = subject.exceptions[value.name] {
                    ConformanceReport.add(subject, value.name, .notApplicable(reason))
                    continue
                }
                let found: String
                do {
                    found = try await roundTrip(value, type, in: "v\(Self.letters(number))", session)
                } catch {
                    found = "\((error as? DatabaseError)?.debugDescription ?? "\(error)")"
                }
                let expected = #"[{"id":1,"v":\#(value.json)},{"id":2,"v":null}]"#
                ConformanceReport.add(subject, value.name, found == expected ? .passed : .failed)
                #expect(found == expected, "\(subject.name): \(value.name)")
            }
        }
    }

    private static func letters(_ number: Int) -> String {
        String(number).map { String(UnicodeScalar(UInt8(ascii: "a") + UInt8($0.wholeNumberValue ?? 0))) }.joined()
    }

    /// Writes a value and a NULL into a column, and reads both.
    private func roundTrip(
        _ value: ConformanceValue,
        _ type: String,
        in table: String,
        _ session: ConformanceSession
    ) async throws -> String {
        let dialect = session.subject.dialect
        guard dialect != .prompt else { return try await echoed(value, type, session) }
        try await session.make(table, "id INTEGER NOT NULL PRIMARY KEY, v \(type)")
        switch value.input {
        case .parameter(let parameter, let text):
            let expression = value.expressions[dialect] ?? ":v"
            let insert = try await session.prepare(
                "parameters: id INTEGER, v \(parameter.rawValue)",
                "INSERT INTO {\(table)} (id, v) VALUES (:id, \(expression))"
            )
            for (id, text) in [("1", text), ("2", nil)] {
                _ = try await session.rows(insert, ["id": id, "v": text]).get()
            }
        case .literal(let literals):
            try await session.execute("INSERT INTO {\(table)} (id, v) VALUES (1, \(literals[dialect] ?? "NULL"))")
            try await session.execute("INSERT INTO {\(table)} (id, v) VALUES (2, NULL)")
        }
        return try await session.text("", #"SELECT id AS "id", v AS "v" FROM {\#(table)} ORDER BY id"#)
    }

    /// Has an endpoint say a value and a NULL.
    private func echoed(
        _ value: ConformanceValue,
        _ type: String,
        _ session: ConformanceSession
    ) async throws -> String {
        guard case .parameter(let parameter, let text) = value.input else { return "no parameter" }
        let echo = try await session.prepare(
            "parameters: id INTEGER, v \(parameter.rawValue)",
            "",
            prompt: .echo(["id": "integer", "v": type], ":id :v")
        )
        let first = try await session.text(echo, ["id": "1", "v": text])
        let second = try await session.text(echo, ["id": "2", "v": nil])
        return "\(first.dropLast()),\(second.dropFirst())"
    }

    // MARK: Results and parameters

    @Test("a result without rows is an empty array", arguments: Subject.present)
    func empty(subject: ConformanceSubject) async throws {
        try await ConformanceSession.check("an empty result", subject) { session in
            try await session.makeDigits()
            let none = try await session.prepare(
                "parameters: n INTEGER",
                #"SELECT n AS "n" FROM {digits} WHERE n = :n"#,
                prompt: .count(after: ":n", upTo: 9)
            )
            let rows = try await session.rows(none, ["n": "77"]).get()
            return String(buffer: rows.body) == "[]" && rows.rowCount == 0 && rows.columnCount == 1
        }
    }

    @Test("a row may be wide", arguments: Subject.present)
    func wide(subject: ConformanceSubject) async throws {
        try await ConformanceSession.check("200 columns", subject) { session in
            try await session.makeDigits()
            let columns = (0..<200).map { #"n + \#($0) AS "c\#($0)""# }.joined(separator: ", ")
            let names: ConformancePrompt.Columns = (0..<200).map { ("c\($0)", "integer") }
            let found = try await session.text(
                "",
                "SELECT \(columns) FROM {digits} WHERE n = 7",
                prompt: .echo(names, (7..<207).map(String.init).joined(separator: " "))
            )
            return found == "[{\((0..<200).map { "\"c\($0)\":\($0 + 7)" }.joined(separator: ","))}]"
        }
    }

    @Test("a result may be long", arguments: Subject.present)
    func long(subject: ConformanceSubject) async throws {
        try await ConformanceSession.check("10,000 rows", subject) { session in
            try await session.makeDigits()
            let found = try await session.text(
                "",
                """
                SELECT a.n * 1000 + b.n * 100 + c.n * 10 + d.n AS "n" FROM {digits} a, {digits} b, {digits} c, {digits} d
                ORDER BY a.n, b.n, c.n, d.n
                """,
                prompt: .count(upTo: 9999)
            )
            return found == "[\((0..<10_000).map { "{\"n\":\($0)}" }.joined(separator: ","))]"
        }
    }

    @Test("a text of a million characters is the same one back", arguments: Subject.present)
    func large(subject: ConformanceSubject) async throws {
        try await ConformanceSession.check("a large value", subject) { session in
            let text = String(repeating: "0123456789abcdef ü😀", count: 50_000)
            guard subject.dialect != .prompt else {
                let echo = try await session.prepare("parameters: v STRING", "", prompt: .echo(["v": "string"], ":v"))
                return try await session.text(echo, ["v": text]) == "[{\"v\":\"\(text)\"}]"
            }
            let type = [.mariadb: "LONGTEXT", .derby: "CLOB(4M)"][subject.dialect] ?? "TEXT"
            try await session.make("large", "id INTEGER NOT NULL PRIMARY KEY, v \(type)")
            let insert = try await session.prepare("parameters: v STRING", "INSERT INTO {large} (id, v) VALUES (1, :v)")
            _ = try await session.rows(insert, ["v": text]).get()
            return try await session.text("", #"SELECT v AS "v" FROM {large}"#) == "[{\"v\":\"\(text)\"}]"
        }
    }

    @Test(
        "a name may stand in the SQL more than once, and is left alone where it is quoted",
        arguments: Subject.present
    )
    func names(subject: ConformanceSubject) async throws {
        try await ConformanceSession.check("a parameter that stands twice", subject) { session in
            try await session.makeDigits()
            let query = try await session.prepare(
                "parameters: a INTEGER, b INTEGER = 3",
                #"SELECT n AS "n", ':a' AS "t" FROM {digits} WHERE n = :a OR n = :b OR n - 1 = :a ORDER BY n"#,
                prompt: .reply(
                    ["n": "integer", "t": "string"],
                    #"{"n": :b,"t":":a"},{"n": :a,"t":":a"},{"n":6,"t":":a"}"#,
                    after: "(:a) and :a"
                )
            )
            return try await session.text(query, ["a": "5"])
                == #"[{"n":3,"t":":a"},{"n":5,"t":":a"},{"n":6,"t":":a"}]"#
        }
    }

    @Test("every format has the same values", arguments: Subject.present)
    func formats(subject: ConformanceSubject) async throws {
        try await ConformanceSession.check("CSV and NDJSON", subject) { session in
            if subject.dialect != .prompt {
                try await session.make("forms", "n INTEGER NOT NULL PRIMARY KEY, t VARCHAR(20)")
                try await session.execute("INSERT INTO {forms} (n, t) VALUES (1, 'a,\"b')")
                try await session.execute("INSERT INTO {forms} (n, t) VALUES (2, NULL)")
            }
            let query = try await session.prepare(
                "",
                #"SELECT n AS "n", t AS "t" FROM {forms} ORDER BY n"#,
                prompt: .reply(
                    ["n": "integer", "t": "string"],
                    #"{"n":1,"t":"a,\"b"},{"n":2,"t":null}"#
                )
            )
            let lines = try await session.text(query, format: .ndjson)
            let fields = try await session.text(query, format: .csv)
            return lines == "{\"n\":1,\"t\":\"a,\\\"b\"}\n{\"n\":2,\"t\":null}\n"
                && fields == "n,t\r\n1,\"a,\"\"b\"\r\n2,\r\n"
        }
    }

    @Test("a result ends at its limit, and says where the next page begins", arguments: Subject.present)
    func pages(subject: ConformanceSubject) async throws {
        try await ConformanceSession.check("pages", subject) { session in
            try await session.makeDigits()
            let query = try await session.prepare(
                "parameters: after INTEGER = -1\nmax_rows: 4\npage: after = n",
                #"SELECT n AS "n" FROM {digits} WHERE n > :after ORDER BY n"#,
                prompt: .count(after: ":after", upTo: 9)
            )
            let first = try await session.rows(query).get()
            let last = try await session.rows(query, ["after": "5"]).get()
            return String(buffer: first.body) == #"[{"n":0},{"n":1},{"n":2},{"n":3}]"# && first.isTruncated
                && first.cursor.map { String(buffer: $0) } == "{\"after\":3}\n" && !last.isTruncated
                && last.rowCount == 4
        }
    }

    // MARK: What is known of a statement

    @Test("reads are told from writes, and writes count their rows", arguments: Subject.present)
    func kinds(subject: ConformanceSubject) async throws {
        try await ConformanceSession.check("reads and writes", subject) { session in
            try await session.makeDigits()
            let read = try await session.prepare("", #"SELECT n AS "n" FROM {digits} WHERE n < 2 ORDER BY n"#)
            let write = try await session.prepare("", "DELETE FROM {digits} WHERE n > 6")
            guard read.isReadOnly, !write.isReadOnly else { return false }
            let deleted = try await session.rows(write).get()
            return try await session.rows(read).get().affectedRows == nil && deleted.affectedRows == 3
                && String(buffer: deleted.body) == "[]"
        }
    }

    @Test(
        "a statement that its database does not know is refused, and the connection serves on",
        arguments: Subject.present
    )
    func refused(subject: ConformanceSubject) async throws {
        let cases: [(name: String, sql: String, prompt: ConformancePrompt)] = [
            ("a missing table", "SELECT a FROM {missing}", .refused(404)), ("bad SQL", "SELEKT 1", .refused(400)),
        ]
        for (name, sql, prompt) in cases {
            try await ConformanceSession.check(name, subject) { session in
                let outcome: Result<QueryRows, any Error>
                do {
                    // Some drivers find out when it is prepared, some when it runs.
                    outcome = .success(try await session.rows(session.prepare("", sql, prompt: prompt)).get())
                } catch {
                    outcome = .failure(error)
                }
                try await session.makeDigits()
                guard case .failure(let error as DatabaseError) = outcome, error.code == .refused, error.detail != nil
                else { return false }
                let after = try await session.text(
                    "",
                    #"SELECT n AS "n" FROM {digits} WHERE n = 1"#,
                    prompt: .count(after: "0", upTo: 1)
                )
                return after == #"[{"n":1}]"#
            }
        }
    }

    @Test("a key that is there already is refused, and nothing of the statement stays", arguments: Subject.present)
    func violated(subject: ConformanceSubject) async throws {
        try await ConformanceSession.check("a duplicate key", subject) { session in
            try await session.makeDigits()
            let insert = try await session.prepare("parameters: n INTEGER", "INSERT INTO {digits} (n) VALUES (:n)")
            guard case .failure(let error) = try await session.rows(insert, ["n": "3"]), error.code == .refused else {
                return false
            }
            return try await session.text("", #"SELECT count(*) AS "n" FROM {digits}"#) == #"[{"n":10}]"#
        }
    }

    // MARK: Transactions

    @Test("a batch takes effect as a whole", arguments: Subject.present)
    func batch(subject: ConformanceSubject) async throws {
        try await ConformanceSession.check("a transaction", subject) { session in
            try await session.makeDigits()
            let count = try await session.prepare("", #"SELECT count(*) AS "n" FROM {digits}"#)
            let insert = try await session.prepare("parameters: n INTEGER", "INSERT INTO {digits} (n) VALUES (:n)")
            let (error, batch) = try await session.transact([
                (count, [:]), (insert, ["n": "10"]), (count, [:]), (insert, ["n": "11"]), (count, [:]),
            ])
            guard error == nil else { return false }
            return batch.results.map { String(buffer: $0.body) }
                == [#"[{"n":10}]"#, "[]", #"[{"n":11}]"#, "[]", #"[{"n":12}]"#]
        }
    }

    @Test("a batch that fails takes no effect, and the connection serves on", arguments: Subject.present)
    func failingBatch(subject: ConformanceSubject) async throws {
        try await ConformanceSession.check("a transaction that fails", subject) { session in
            try await session.makeDigits()
            let count = try await session.prepare("", #"SELECT count(*) AS "n" FROM {digits}"#)
            let insert = try await session.prepare("parameters: n INTEGER", "INSERT INTO {digits} (n) VALUES (:n)")
            let (error, batch) = try await session.transact([(insert, ["n": "10"]), (count, [:]), (insert, ["n": "3"])])
            guard error?.code == .refused, batch.failedStep == 2 else { return false }
            return try await session.text(count) == #"[{"n":10}]"#
        }
    }

    // MARK: Losing the connection, and migrations

    @Test("a lost connection is told as such, and the next one serves", arguments: Subject.present)
    func reconnect(subject: ConformanceSubject) async throws {
        guard let outage = try ConformanceOutage(of: subject) else {
            return ConformanceReport.add(subject, "reconnect", .notApplicable("the database has no sessions to end"))
        }
        try await ConformanceSession.check("reconnect", outage.subject) { session in
            try await session.makeDigits()
            let echo = try await session.prepare(
                "parameters: a INTEGER",
                #"SELECT n + :a AS "n" FROM {digits} WHERE n = 1"#,
                prompt: .count(after: "0", upTo: 1, plus: ":a")
            )
            guard try await session.text(echo, ["a": "3"]) == #"[{"n":4}]"# else { return false }
            try await outage.begin(session)
            var loss: DatabaseError?
            while loss == nil {
                if case .failure(let error) = try await session.rows(echo, ["a": "1"]) { loss = error }
            }
            guard loss?.code == .unavailable, loss?.isOutcomeUnknown == false else { return false }
            let again = try outage.end()
            defer { withExtendedLifetime(again) {} }
            try await session.reconnect()
            return try await session.text(echo, ["a": "4"]) == #"[{"n":5}]"#
        }
    }

    @Test(
        "migrations are applied once, in order, and one that fails stops the rest",
        .serialized,
        arguments: Subject.present
    )
    func migrations(subject: ConformanceSubject) async throws {
        try await ConformanceSession.check("migrations", subject) { session in
            try? await session.execute("DROP TABLE \(MigrationRunner.historyTable)")
            let available = [
                "CREATE TABLE {m} (id INTEGER NOT NULL PRIMARY KEY, t VARCHAR(20))",
                "INSERT INTO {m} (id, t) VALUES (1, 'a;b'); INSERT INTO {m} (id, t) VALUES (2, 'it''s')",
                "INSERT INTO {m} (id, t) VALUES (3, 'c'); INSERT INTO {missing} (id) VALUES (1)",
            ].enumerated().map { number, sql in
                Migration(
                    number: number + 1,
                    name: "it's number \(number + 1)",
                    file: "\(number + 1).sql",
                    text: session.expanded(sql)
                )
            }
            let first = try await session.migrate(Array(available.prefix(2)))
            let second = try await session.migrate(Array(available.prefix(2)))
            let rows = try await session.text("", #"SELECT id AS "id", t AS "t" FROM {m} ORDER BY id"#)
            var fault: DatabaseError?
            do throws(DatabaseError) { _ = try await session.migrate(available) } catch { fault = error }
            let after = try await session.text("", #"SELECT count(*) AS "n" FROM {m} WHERE id < 3"#)
            try await session.execute("DROP TABLE {m}")
            try await session.execute("DROP TABLE \(MigrationRunner.historyTable)")
            return first == 2 && second == 0 && rows == #"[{"id":1,"t":"a;b"},{"id":2,"t":"it's"}]"#
                && fault?.code == .migration && after == #"[{"n":2}]"#
        }
    }
}
