import HydrogenCore
import Testing

@testable import DatabaseSubsystem

struct CLIConfigurationTests {
    private static func engine(_ members: String) throws -> any DatabaseEngine {
        let text = #"{ "Databases": { "Connections": [ { "Name": "Test", \#(members) } ] } }"#
        let document = try ConfigurationDocument(
            parsing: Array(text.utf8),
            file: "test.json",
            files: .folder("/etc/hydrogen"),
            environment: [:]
        )
        let databases = try document.decode(section: "Databases", DatabasesConfiguration.init).value
        return try #require(databases.connections.first).engine
    }

    @Test(
        "what is wrong is told with its key, and without a secret",
        arguments: [
            (#""Engine": "db2""#, "Database"), (#""Engine": "odbc""#, "DSN"),
            (#""Engine": "db2", "ConnectionString": "hush""#, "ConnectionString"),
            (#""Engine": "odbc", "ConnectionString": "Driver={hush""#, "ConnectionString"),
            (#""Engine": "db2", "ConnectionString": "DATABASE=A", "Pass": "hu;sh""#, "ConnectionString"),
            (#""Engine": "db2", "Database": "A", "SSLMode": "require""#, "SSLMode"),
            (#""Engine": "odbc", "DSN": "a", "Isolation": "chaos""#, "Isolation"),
            (#""Engine": "odbc", "DSN": "a;PWD=hush""#, "DSN"), (#""Engine": "odbc", "DSN": "{hush""#, "DSN"),
            (#""Engine": "odbc", "DSN": "a", "Host": "b""#, "Host"),
            (#""Engine": "db2", "Database": "A", "Port": 0"#, "Port"),
        ]
    )
    func faults(members: String, key: String) {
        do {
            _ = try Self.engine(members)
            Issue.record("no fault in \(members)")
        } catch {
            #expect("\(error)".contains(key))
            #expect(!"\(error)".contains("hush") && !"\(error)".contains("hu;sh"))
        }
    }

    @Test(
        "a library that is not there is a No-Go that says what to install, and one of another kind what it lacks",
        arguments: [
            (#""Engine": "db2", "Database": "A", "Library": "/nowhere/libdb2.so""#, "IBM Data Server Driver Package"),
            (#""Engine": "odbc", "DSN": "a", "Library": "/nowhere/libodbc.so""#, "unixodbc"),
            (#""Engine": "odbc", "DSN": "a", "Library": "libsqlite3.so.0""#, "SQLAllocHandle"),
        ]
    )
    func missingLibrary(members: String, words: String) throws {
        let findings = try Self.engine(members).inspect()
        #expect(findings.count == 1)
        #expect("\(findings)".contains(words), "\(findings)")
    }

    @Test("a library is a path, relative to the configuration file, or a name that the dynamic loader knows")
    func libraryPath() {
        let files = ConfigurationFiles.folder("/etc/hydrogen")
        #expect(CLILibrary.path("libdb2.so.1", files) == "libdb2.so.1")
        #expect(CLILibrary.path("db2/libdb2.so", files) == "/etc/hydrogen/db2/libdb2.so")
        #expect(CLILibrary.path("/opt/ibm/libdb2.so", files) == "/opt/ibm/libdb2.so")
    }
}
