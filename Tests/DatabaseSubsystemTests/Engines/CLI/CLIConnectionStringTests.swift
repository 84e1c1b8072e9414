import HydrogenCore
import Testing

@testable import DatabaseSubsystem

struct CLIConnectionStringTests {
    @Test(
        "values are quoted so that a password can hold anything, and read back the same",
        arguments: [
            ("plain", "PWD=plain;"),
            ("a;b", "PWD={a;b};"),
            ("a}b", "PWD={a}}b};"),
            ("{a}", "PWD={{a}}};"),
            ("a=b", "PWD={a=b};"),
            (" lead and trail ", "PWD={ lead and trail };"),
            ("ü😀'\"", "PWD=ü😀'\";"),
            ("};UID=root;{", "PWD={}};UID=root;{};"),
        ]
    )
    func quoting(value: String, text: String) throws {
        var string = CLIConnectionString()
        string["PWD"] = value
        #expect(string.text(.braces).reveal() == text)
        #expect(try CLIConnectionString(text, .braces)["pwd"] == value)
    }

    @Test(
        "pairs are read in any form that drivers read",
        arguments: [
            ("Driver={My Driver};Server=a;PWD=b", [("driver", "My Driver"), ("SERVER", "a"), ("pwd", "b")]),
            (" DSN = shop ; UID= app ;;", [("DSN", "shop"), ("UID", "app")]),
            ("UID=first;uid=second;", [("UID", "first")]),
            ("PWD=a=b;", [("PWD", "a=b")]),
            ("PWD=;UID=x", [("PWD", ""), ("UID", "x")]),
        ]
    )
    func pairs(text: String, expected: [(String, String)]) throws {
        let string = try CLIConnectionString(text, .braces)
        #expect(string.pairs.count == expected.count)
        for (keyword, value) in expected { #expect(string[keyword] == value) }
    }

    @Test(
        "what is no pair is named by its number, never quoted",
        arguments: [
            ("DSN=a;secret", CLIConnectionString.Fault.noKeyword(pair: 2)),
            ("DSN=a;sec;ret=1", .noKeyword(pair: 2)),
            ("=a", .noKeyword(pair: 1)),
            ("PWD={a", .brace(pair: 1)),
            ("PWD={a}b;", .brace(pair: 1)),
        ]
    )
    func faults(text: String, fault: CLIConnectionString.Fault) {
        #expect(throws: fault) { try CLIConnectionString(text, .braces) }
    }

    @Test("IBM's client library has no quoting: a brace is a brace, and a semicolon cannot be passed on")
    func withoutQuoting() throws {
        var string = try CLIConnectionString("PWD={a};UID=b", .none)
        #expect(string["PWD"] == "{a}" && string.text(.none).reveal() == "PWD={a};UID=b;")
        #expect(string.unwritable(.none).isEmpty)
        string["PWD"] = "a;b"
        #expect(string.unwritable(.none) == ["PWD"] && string.unwritable(.braces).isEmpty)
    }

    @Test(
        "a URL becomes keywords",
        arguments: [
            (
                "db2://app:p%40ss%3A@db.example:50001/SHOP?Authentication=SERVER",
                "DATABASE=SHOP;UID=app;PWD=p@ss:;PORT=50001;HOSTNAME=db.example;Authentication=SERVER;"
            ),
            ("DB2://db/SHOP", "DATABASE=SHOP;HOSTNAME=db;"),
            ("db2://app@[::1]:50000/SHOP", "DATABASE=SHOP;UID=app;PORT=50000;HOSTNAME=::1;"),
            ("db2://db/SHOP?UID=x&Security=SSL", "DATABASE=SHOP;HOSTNAME=db;UID=x;Security=SSL;"),
            ("db2://db", nil), ("db2://db/", nil), ("db2:///SHOP", nil), ("db2://db:0/SHOP", nil),
            ("db2://db:x/SHOP", nil), ("db2://db/SHOP?a", nil), ("db2://a%zz@db/SHOP", nil),
            ("mysql://db/SHOP", nil),
        ] as [(String, String?)]
    )
    func urls(url: String, expected: String?) {
        #expect(CLIConnectionString(url: url)?.text(.none).reveal() == expected)
    }

    @Test("keys win over the connection string, and DB2's defaults stand beneath both")
    func merging() throws {
        var settings = CLISettings(.db2(path: nil))
        settings.connectionString = Secret("DATABASE=A;HOSTNAME=h;UID=u;PWD=p")
        settings.keywords = [.init(keyword: "database", value: "B")]
        settings.password = Secret("q")
        let text = try settings.text()
        #expect(text.string.reveal() == "DATABASE=B;HOSTNAME=h;UID=u;PWD=q;PROTOCOL=TCPIP;PORT=50000;")
        #expect(text.password == "q")
    }

    @Test("a value that cannot be passed on, and a slip in the string, are told without showing either")
    func refused() throws {
        var settings = CLISettings(.db2(path: nil))
        settings.connectionString = Secret("DATABASE=A;HOSTNAME=h;UID=u")
        settings.password = Secret("hush;hush")
        let error = #expect(throws: DatabaseError.self) { try settings.text() }
        #expect(error?.message.contains("PWD") == true && error?.debugDescription.contains("hush") == false)
        settings.connectionString = Secret("DATABASE=A;hush")
        let other = #expect(throws: DatabaseError.self) { try settings.text() }
        #expect(other?.message.contains("part 2") == true && other?.debugDescription.contains("hush") == false)
    }
}
