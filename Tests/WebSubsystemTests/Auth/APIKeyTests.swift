import Testing

@testable import WebSubsystem

@Suite("API keys")
struct APIKeyTests {
    /// Source: FIPS 180-2, appendix B; the second is the digest of no bytes.
    @Test(
        "a digest is the SHA-256 in small hexadecimal digits",
        arguments: [
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ]
    )
    func digests(key: String, digest: String) {
        #expect(APIKey.digest(of: key) == digest)
    }

    @Test("a new key is hk_ and 64 hexadecimal digits, and another one each time")
    func random() {
        let (key, other) = (APIKey.random(), APIKey.random())
        #expect(key.wholeMatch(of: /hk_[0-9a-f]{64}/) != nil)
        #expect(key != other)
    }
}
