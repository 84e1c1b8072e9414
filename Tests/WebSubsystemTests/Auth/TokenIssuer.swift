import FoundationEssentials
import HydrogenCore
import JWTKit
import Testing

@testable import WebSubsystem

/// Signs tokens as an issuer does, also wrong ones.
struct TokenIssuer {
    /// The secret of HS256.
    static let secret = "0123456789abcdef0123456789abcdef"
    /// The time at which tokens are checked, in seconds since 1970.
    static let now = 1_800_000_000.0

    let rsa: Insecure.RSA.PrivateKey
    let ecdsa = ES256PrivateKey()

    init() throws {
        rsa = try Insecure.RSA.PrivateKey(pem: Self.rsaText)
    }

    /// A token whose header and payload are exactly these texts.
    func token(header: String, payload: String, signedWith algorithm: TokenSettings.Algorithm) async throws -> String {
        let signed = Self.encoded(Array(header.utf8)) + "." + Self.encoded(Array(payload.utf8))
        return signed + "." + Self.encoded(try await key(algorithm).sign(Array(signed.utf8)))
    }

    /// A proper token with these members of the payload.
    func token(
        _ payload: String,
        _ algorithm: TokenSettings.Algorithm = .hs256,
        id: String? = nil
    ) async throws -> String {
        let header = #"{"alg":"\#(algorithm.rawValue)","typ":"JWT"\#(id.map { #","kid":"\#($0)""# } ?? "")}"#
        return try await token(header: header, payload: payload, signedWith: algorithm)
    }

    private func key(_ algorithm: TokenSettings.Algorithm) async throws -> any JWTAlgorithm {
        let keys = JWTKeyCollection()
        switch algorithm {
        case .hs256: await keys.add(hmac: HMACKey(from: Self.secret), digestAlgorithm: .sha256)
        case .rs256: await keys.add(rsa: rsa, digestAlgorithm: .sha256)
        case .es256: await keys.add(ecdsa: ecdsa)
        }
        return try await keys.getKey()
    }

    /// A set with the public keys, as issuers publish it.
    func keySet(rsaID: String = "r1", ecdsaID: String = "e1") throws -> String {
        let (modulus, exponent) = try rsa.publicKey.getKeyPrimitives()
        let point = try #require(ecdsa.parameters)
        return """
            {"keys":[
              {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"o1"},
              {"kty":"RSA","use":"enc","n":"\(Self.encoded(Array(modulus)))","e":"\(Self.encoded(Array(exponent)))","kid":"x1"},
              {"kty":"RSA","use":"sig","alg":"RS256","n":"\(Self.encoded(Array(modulus)))",
               "e":"\(Self.encoded(Array(exponent)))","kid":"\(rsaID)"},
              {"kty":"EC","crv":"P-256","x":"\(point.x)","y":"\(point.y)","kid":"\(ecdsaID)"}
            ]}
            """
    }

    /// base64url without padding.
    static func encoded(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    // For tests only.
    private static let rsaText = """
        -----BEGIN PRIVATE KEY-----
        MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCeLu9WpaRifIvo
        fbq0KSmALM4gFl8/uetXAnlhxvUgJuD68fGvdZj/IrmZKbSWost8y7dI/lpTzXJS
        ekvmeem0YxGCbevcaBpObRPaK2nLFwmJIJ2QErHWr9f+8DvpLCBMEEGJXtOOmXsj
        c5GApc3s2M7OVf9m3V9XJZixH60WU1akZ1bxwSzTwoq9629ykfV3o8D+VRCH7m0N
        dstJ+usiWng2eDrKa1H3W4w3TPVWRFH9Nd/3KsHgMo4NpRl/1Yf0qQ5wMBVhtW+B
        nkApl0HWiNpIpMTMNSAJC4YWOBgeYQsZ6rGowSOdnj8TWy63tSJsVltVvNKAKg2Q
        5tIhgB9BAgMBAAECggEABE7w8+I1FP2hbeamxCtu1u/heVxCoeC1eTw3BCPAH20P
        qaYXWBkS3rgaaAKLyaKLek2uI03SNgAdggOUt6VQaTpdirjluK4ZMVOlO8b87awl
        9VcvE3J+54MIlggDCbnK82dp8YzkpDin8vI930wkzLOnBlWvTCTxaNU8UG61bysw
        6EVWc4vHc/grwagVgbsyVqbnqvvrtQgJLPzBPyHYkgapPEaGJThMLeoma2oALS+K
        GDBsJuSWxeKHoxhSDVr0WoP9o0KrLq24qh342sExGE2/A6znumcxBXAP5K7/rLjX
        XlNu5ajPOsBcAY37/RRF8p45pYhwvbIB1tUfgoMQtQKBgQDd4htzcmj5YgCatOzX
        CCUsilfFwX5YvQv6VxdG6MedcjtaULTakemiJCe2Mv4d9WzCaGtx+7z9FKrn7Rny
        HhJoIPP+PSZdux+fZqvqewgdZQMCerp3EAyPJbjtWKoLyQUx9RQIBzrB5fb88xSd
        xpKmvQFIG+6D4VsDyi3PzUKkUwKBgQC2gW/IaIIUNydffsNXL/QEd4QntoQCqcrB
        KIsVGqAzLJMam6ahzJfb95VP1zbzB/bJIWi2pkap6HTuCHSdv2msc7YwSfDXufXa
        dFkGjf8sQqXsQKkiYPTf9tDBpp+jGun2O9BR/VqnxJ6wI7gTJ+HxBBEzYs+O/sqD
        /aguH6q7mwKBgQCn7ThZZ32LQGC0tbmKBOAdlZZYVNkK0AkArmkvgX2R66J/+BTo
        VwY7cKGdg3pPsi9d8yleWuftona2kPvSAnBr3oTLJfyjc7u7KDl0fSjnFkvw1HHL
        KppWvHX5K+GGid0kshc2/EG7/g+v4Uj5IBBdoS4XJQyfQy9e7uU9IFwPgQKBgDD0
        z7OGtT4O/XTUYDoHFwILvVuZzheYzFa8NXLXzZlsn5lHn49Pfnz3EQp1xLu0qzKQ
        z7IPMG1redJQWlfmfMZR09FoRD7aF2UeSLNFa+nHhxK01anvMEDTyHPp6nCqS5BN
        wzf7KlJOn/LH4hzhWe55FNQf8WV+W3zEklStEfN5AoGAOJy3LpRM3szOQvezCYUF
        i1W+LHcsPob++hStJZIP5yXnW8i5BbejDLZYztl9uFBbCKudc9PW6jTlQ3NQ9eiD
        1WLs7okunKlq9ujF/SD7IBSBGeqYze4SLqKTQ2DAiVpKlxVq0UeqIqt8eZpNnuar
        s4eG1aTJFAGv3+Es04NmRrw=
        -----END PRIVATE KEY-----
        """
}

extension TokenSettings {
    /// Settings as a configuration gives them.
    static func reading(_ json: String) throws -> TokenSettings {
        let document = try ConfigurationDocument(
            parsing: Array(json.utf8),
            file: "test.json",
            files: .folder(""),
            environment: [:]
        )
        return try document.decode(TokenSettings.init).value
    }
}
