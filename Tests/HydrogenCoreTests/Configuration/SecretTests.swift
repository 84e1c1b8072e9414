import HydrogenCore
import Testing

@Suite("A secret")
struct SecretTests {
    private static let canary = "canary-5f3a"
    private let secret = Secret(canary)

    private struct Holder {
        let user = "reader"
        let pass: Secret
    }

    @Test("gives its text only when asked")
    func reveals() {
        #expect(secret.reveal() == Self.canary)
        #expect(!secret.isEmpty)
        #expect(Secret("").isEmpty)
    }

    @Test("is masked wherever it is printed, also inside other values")
    func isMasked() {
        var dumped = ""
        dump(secret, to: &dumped)
        dump(Holder(pass: secret), to: &dumped)
        let texts = [
            "\(secret)", String(describing: secret), String(reflecting: secret), "\([secret])", "\(["a": secret])",
            "\(Holder(pass: secret))", String(reflecting: Holder(pass: secret)), "\(Optional(secret) as Any)", dumped,
        ]
        for text in texts {
            #expect(text.contains(Secret.mask))
            #expect(!text.contains(Self.canary))
        }
    }

    @Test("shows nothing to reflection")
    func hidesFromReflection() {
        #expect(Mirror(reflecting: secret).children.isEmpty)
    }

    @Test("equals a secret of the same text")
    func compares() {
        #expect(secret == Secret(Self.canary))
        #expect(secret != Secret("other"))
        #expect(Set([secret, Secret(Self.canary)]).count == 1)
    }
}
