import Testing

@testable import MessageQueueSubsystem

struct ArrayLiteralTests {
    @Test(
        "elements are quoted so that none of them ends another",
        arguments: [
            ([], "{}"),
            (["a"], #"{"a"}"#),
            ([nil, "NULL", ""], #"{NULL,"NULL",""}"#),
            ([#"a"b\c"#, "{,}"], #"{"a\"b\\c","{,}"}"#),
        ] as [([String?], String)]
    )
    func text(elements: [String?], expected: String) {
        #expect(ArrayLiteral(elements).text == expected)
    }
}
