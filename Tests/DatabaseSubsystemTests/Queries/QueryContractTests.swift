import Testing

@testable import DatabaseSubsystem

@Suite("A query's contract")
struct QueryContractTests {
    private static func facts(_ columns: [(String, String?)], _ parameters: [String] = []) -> StatementFacts {
        StatementFacts(
            columns: columns.map { StatementFacts.Column(name: $0.0, type: $0.1) },
            parameters: parameters,
            isReadOnly: true
        )
    }

    private static let old = facts([("id", "bigint"), ("total", "numeric")], ["bigint"])

    @Test(
        "every change is named by its place",
        arguments: [
            (old, []),
            (facts([("id", "bigint"), ("total", "text")], ["bigint"]), ["column 2 was total numeric, is total text"]),
            (
                facts([("id", "bigint"), ("sum", "numeric")], ["bigint"]),
                ["column 2 was total numeric, is sum numeric"]
            ),
            (facts([("id", "bigint")], ["bigint"]), ["column 2 is gone: total numeric"]),
            (
                facts([("id", "bigint"), ("total", "numeric"), ("n", nil)], ["bigint"]),
                ["column 3 is new: n"]
            ),
            (
                facts([("id", "integer"), ("total", "numeric")], ["text", "date"]),
                [
                    "column 1 was id bigint, is id integer", "parameter 1 was bigint, is text",
                    "parameter 2 is new: date",
                ]
            ),
        ] as [(StatementFacts, [String])]
    )
    func changes(facts: StatementFacts, expected: [String]) {
        #expect(QueryContract(facts).changes(from: QueryContract(Self.old)) == expected)
    }

    private func template(_ sql: String) -> QueryTemplate {
        QueryTemplate(id: QueryID(1), name: "q", sql: ParsedSQL(sql), source: "test")
    }

    @Test("what was known counts for the same template, until an operator accepts another contract")
    func judgement() throws {
        let changed = Self.facts([("id", "text")])
        var first = QueryContracts.Judgement(QueryContracts(), acceptsChanges: false)
        try first.judge(template("SELECT 1"), Self.old)

        var second = QueryContracts.Judgement(first.after, acceptsChanges: false)
        let error = #expect(throws: DatabaseError.self) { try second.judge(template("SELECT 1"), changed) }
        #expect(
            error?.message.hasSuffix("; reload the queries (SIGHUP or POST /api/system/reload) to accept it") == true
        )
        #expect(second.after == first.after, "what was known stays known")

        var again = QueryContracts.Judgement(second.after, acceptsChanges: false)
        try again.judge(template("SELECT 1"), Self.old)

        var broken = QueryContracts.Judgement(first.after, acceptsChanges: false)
        broken.keep(template("SELECT 1"))
        #expect(broken.after == first.after)

        var other = QueryContracts.Judgement(first.after, acceptsChanges: false)
        try other.judge(template("SELECT 2"), changed)
        #expect(other.after != first.after, "another template has another contract")

        var accepted = QueryContracts.Judgement(second.after, acceptsChanges: true)
        try accepted.judge(template("SELECT 1"), changed)
        #expect(accepted.after != first.after)
    }

    @Test(
        "a file with a key that is no number as it is written there is refused, and named",
        arguments: ["07", "+7", "-7", "seven", ""]
    )
    func foreignKey(key: String) throws {
        let folder = try TemporaryFolder()
        let known = #"{"contract":{"columns":[],"parameters":[]},"fingerprint":"0"}"#
        try folder.write(#"{"7":\#(known),"\#(key)":\#(known)}"#, to: "contracts.json")
        let file = ContractFile(path: "\(folder.path)/contracts.json")
        #expect(throws: (any Error).self) { try file.load() }
        #expect(file.obstacle?.contains(#"has the key "\#(key)", which is no query's number"#) == true)
        #expect(file.obstacle?.hasSuffix("; remove it, and it is made anew") == true)
    }

    @Test("a contract follows from the SQL and its parameters' names and types alone")
    func fingerprint() {
        func template(
            _ sql: String = "SELECT :a",
            _ type: ParameterType = .integer,
            description: String? = nil,
            limit: Int? = nil
        ) -> QueryTemplate {
            QueryTemplate(
                id: QueryID(1),
                name: "q",
                description: description,
                sql: ParsedSQL(sql),
                parameters: [ParameterDeclaration(required: "a", type)],
                maximumRows: limit,
                source: "test"
            )
        }
        let fingerprint = template().contractFingerprint
        // It stands in files: the same from release to release.
        #expect(fingerprint == "19fa3e99bb6def58")
        #expect(template(description: "other words", limit: 5).contractFingerprint == fingerprint)
        #expect(template("SELECT :a, 1").contractFingerprint != fingerprint)
        #expect(template("SELECT :a", .string).contractFingerprint != fingerprint)
        #expect(template("SELECT :b").contractFingerprint != fingerprint)
    }

    @Test("a file keeps contracts as they are, and says what is wrong with it")
    func file() throws {
        let folder = try TemporaryFolder()
        let file = ContractFile(path: "\(folder.path)/contracts.json")
        #expect(file.obstacle == nil)
        #expect(try file.load() == QueryContracts())
        var judgement = QueryContracts.Judgement(QueryContracts(), acceptsChanges: false)
        try judgement.judge(template("SELECT 1"), Self.old)
        try file.store(judgement.after)
        #expect(try file.load() == judgement.after)
        #expect(file.obstacle == nil)
        try folder.write("[]", to: "contracts.json")
        #expect(file.obstacle?.contains("holds no contracts; remove it") == true)
        let nowhere = ContractFile(path: "\(folder.path)/absent/contracts.json")
        #expect(nowhere.obstacle?.contains("cannot be made; let the server write into \(folder.path)/absent") == true)
    }
}
