import Testing

@testable import WebSubsystem

@Suite("docs/api.md")
struct APIDocumentationTests {
    @Test("its error table is that of the code")
    func errors() throws {
        let documented = try DocumentedTable(page: "api.md").rows(beginning: "HYD-")
        let coded = ErrorCode.allCases.map { code in
            [code.rawValue, String(code.status), code.title, code.meaning.filter { $0 != "`" }]
        }
        #expect(documented == coded)
    }

    @Test("its list of endpoints is that of the code")
    func endpoints() throws {
        let documented = try DocumentedTable(page: "api.md").rows(beginning: "/")
        let coded = Route.allCases.map {
            [$0.template(prefix: "/api"), $0.methods.joined(separator: ", "), $0.purpose]
        }
        #expect(documented == coded)
    }

    @Test("the list of endpoints of the message queue is that of the code")
    func queueEndpoints() throws {
        let documented =
            try DocumentedTable(page: "message-queue.md").rows(beginning: "GET")
            + DocumentedTable(page: "message-queue.md").rows(beginning: "POST")
            + DocumentedTable(page: "message-queue.md").rows(beginning: "DELETE")
        let coded =
            QueueRoute.allCases.map { route in
                [route.method, route.template, route.role?.word ?? "everybody", route.purpose.filter { $0 != "`" }]
            }
            + OperatorRoute.all.map { route in
                [route.method, route.template, route.role.word, route.purpose.filter { $0 != "`" }]
            }
        #expect(Set(documented) == Set(coded))
        #expect(documented.count == coded.count)
    }

    @Test("codes are in order, of the documented form, and of an error's status")
    func codes() {
        #expect(ErrorCode.allCases.map(\.rawValue) == ErrorCode.allCases.map(\.rawValue).sorted())
        for code in ErrorCode.allCases {
            #expect(code.rawValue.wholeMatch(of: /HYD-[1-5][0-9]{3}/) != nil)
            #expect((400...599).contains(code.status))
            #expect(!code.title.isEmpty && code.meaning.hasSuffix("."))
        }
    }
}
