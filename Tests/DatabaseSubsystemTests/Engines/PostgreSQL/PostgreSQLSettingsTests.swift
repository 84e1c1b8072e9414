import HydrogenCore
import Testing

@testable import DatabaseSubsystem

@Suite struct PostgreSQLSettingsTests {
    private func attempts(_ settings: PostgreSQLSettings) throws -> [PostgreSQLSettings.Attempt] {
        let functions = try PostgreSQLLibrary.shared.get().functions
        return try settings.attempts(functions, label: "DQM-T-01-F")
    }

    @Test("every connection bears its label and reads results in one form")
    func forced() throws {
        var settings = PostgreSQLSettings()
        settings.connectionString = Secret(
            "host=h application_name=mine client_encoding=LATIN1 options='-c TimeZone=Asia/Tokyo'"
        )
        let keywords = try #require(try attempts(settings).first).keywords
        #expect(keywords["application_name"] == "DQM-T-01-F")
        #expect(keywords["client_encoding"] == "UTF8")
        #expect(keywords["options"]?.hasSuffix("-c TimeZone=UTC -c TimeZone=Asia/Tokyo") == true)
    }

    @Test(
        "keys win over the connection string, in its two forms",
        arguments: ["postgresql://a:p@h:1/d", "host=h port=1 user=a password=p dbname=d"]
    )
    func precedence(string: String) throws {
        var settings = PostgreSQLSettings()
        settings.connectionString = Secret(string)
        settings.keywords = ["user": "b"]
        let keywords = try #require(try attempts(settings).first).keywords
        #expect(["host", "port", "user", "password", "dbname"].map { keywords[$0] } == ["h", "1", "b", "p", "d"])
    }

    @Test("hosts are tried one by one, with one port for all or one for each")
    func hosts() throws {
        var settings = PostgreSQLSettings()
        settings.connectionString = Secret("postgresql://one:1,two:2/d?target_session_attrs=read-write")
        #expect(try attempts(settings).map(\.place) == ["one:1", "two:2"])
        settings.connectionString = nil
        settings.keywords = ["host": "one,two", "port": "7", "target_session_attrs": "prefer-standby"]
        let found = try attempts(settings)
        #expect(found.map(\.place) == ["one:7", "two:7", "one:7", "two:7"])
        #expect(found.map { $0.keywords["target_session_attrs"] } == ["standby", "standby", "any", "any"])
    }

    @Test("schema and isolation are settings of the session")
    func session() throws {
        var settings = PostgreSQLSettings()
        settings.keywords = ["dbname": "d"]
        settings.schema = "my app,public"
        settings.isolation = .repeatableRead
        let options = try #require(try attempts(settings).first).keywords["options"] ?? ""
        #expect(options.contains("-c search_path=my\\ app,public"))
        #expect(options.contains("-c default_transaction_isolation=repeatable\\ read"))
    }

    @Test("a connection string that libpq does not take is not quoted")
    func secret() throws {
        var settings = PostgreSQLSettings()
        settings.connectionString = Secret("postgresql://user:hunter2@h:1/d?nonsense=1")
        #expect(throws: DatabaseError.self) { try attempts(settings) }
        do {
            _ = try attempts(settings)
        } catch {
            #expect(!String(reflecting: error).contains("hunter2"))
        }
    }
}
