import Testing

@testable import WebSubsystem

@Suite("Request ids")
struct RequestIdentityTests {
    @Test("a client's id is taken over", arguments: ["a", "A.b_c-9", String(repeating: "x", count: 64)])
    func accepted(id: String) {
        #expect(RequestIdentity().id(offered: id) == id)
    }

    @Test(
        "what is no id is replaced",
        arguments: [nil, "", String(repeating: "x", count: 65), "a b", "a\"b", "a\n", "é", "a/b", "a:b"] as [String?]
    )
    func replaced(id: String?) {
        #expect(RequestIdentity(seed: 10).id(offered: id) == "000000000000000a-1")
    }

    @Test("no two are equal")
    func unique() {
        let identity = RequestIdentity()
        #expect(Set((0..<1000).map { _ in identity.id(offered: nil) }).count == 1000)
    }
}
