import DatabaseSubsystem
import HydrogenCore
import Testing

@testable import WebSubsystem

@Suite("Bearer tokens")
struct TokenVerifierTests {
    private static let now = TokenIssuer.now
    private static let inTime = Int(now) + 600

    private static let all = """
        { "Algorithms": ["HS256", "RS256", "ES256"], "Secret": "\(TokenIssuer.secret)", "PublicKey": "x",
          "Issuer": "https://issuer", "Audience": "hydrogen" }
        """

    private static func keys(_ issuer: TokenIssuer) async throws -> SigningKeys {
        let secret = try await SigningKey.secret(Secret(TokenIssuer.secret))
        let set = try await SigningKeys.set(
            Array(issuer.keySet().utf8),
            from: "set",
            for: [.hs256, .rs256, .es256]
        )
        return SigningKeys(keys: [secret] + set.keys)
    }

    private static func payload(_ members: String = "", exp: Int? = inTime) -> String {
        let parts = [
            exp.map { "\"exp\":\($0)" }, #""iss":"https://issuer""#, #""aud":["other","hydrogen"]"#,
            members.isEmpty ? nil : members,
        ]
        return "{" + parts.compactMap { $0 }.joined(separator: ",") + "}"
    }

    @Test(
        "a proper token of each kind is taken, with its scopes and its database",
        arguments: TokenSettings.Algorithm.allCases
    )
    func proper(algorithm: TokenSettings.Algorithm) async throws {
        let issuer = try TokenIssuer()
        let members = #""scope":"openid query:Shop:12 admin","database":"Shop","tenant":7"#
        let id: String? =
            switch algorithm {
            case .hs256: nil
            case .rs256: "r1"
            case .es256: "e1"
            }
        let token = try await issuer.token(Self.payload(members), algorithm, id: id)
        let verified = try TokenVerifier(settings: TokenSettings.reading(Self.all))
            .verify(token, keys: await Self.keys(issuer), revoked: ["other"], now: Self.now)
        #expect(verified.caller.proof == .token && verified.caller.database == "Shop")
        #expect(verified.caller.scopes == [.query(database: "Shop", id: QueryID(12)), .admin])
        #expect(verified.caller.claims["tenant"] == .number("7"))
        #expect(verified.expiresAt == Double(Self.inTime + 30))
    }

    @Test(
        "scopes come as words or as a list; a token that has none may use its own database",
        arguments: [
            (#""scope":"query:*""#, [.everything]),
            (#""scope":["query:A","x","query:B"]"#, [.database("A"), .database("B")]),
            (#""database":"Shop""#, [.database("Shop")]), (#""database":"Shop","scope":"""#, []),
            (#""database":7"#, []),
            (#""scope":7,"database":"Shop""#, []), ("", []),
            // As tokens for Queen MQ have them: of the message queue alone.
            (#""role":"admin""#, [.queue(.admin)]), (#""roles":["read-only","guest",7]"#, [.queue(.readOnly)]),
            (#""role":"read-write","roles":"admin""#, [.queue(.readWrite)]), (#""role":"root""#, []),
            (#""scope":"query:A","role":"read-only""#, [.database("A"), .queue(.readOnly)]),
        ] as [(String, [Scope])]
    )
    func scopes(members: String, scopes: [Scope]) async throws {
        let issuer = try TokenIssuer()
        let verified = try TokenVerifier(settings: TokenSettings.reading(Self.all))
            .verify(
                await issuer.token(Self.payload(members)),
                keys: await Self.keys(issuer),
                revoked: [],
                now: Self.now
            )
        #expect(verified.caller.scopes == scopes)
    }

    /// A token that must not be taken.
    struct Bad: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var header = #"{"alg":"HS256"}"#
        var payload = TokenVerifierTests.payload()
        var signedWith = TokenSettings.Algorithm.hs256
        let fault: TokenFault
    }

    @Test(
        "what is wrong with a token is told, and it is not taken",
        arguments: [
            Bad(testDescription: "unsigned", header: #"{"alg":"none"}"#, fault: .algorithm),
            Bad(testDescription: "of another algorithm", header: #"{"alg":"HS512"}"#, fault: .algorithm),
            Bad(testDescription: "without an algorithm", header: "{}", fault: .algorithm),
            Bad(testDescription: "says RS256, signed with the secret", header: #"{"alg":"RS256"}"#, fault: .signature),
            Bad(testDescription: "says HS256, signed with RSA", signedWith: .rs256, fault: .signature),
            Bad(
                testDescription: "of an unknown key",
                header: #"{"alg":"RS256","kid":"r9"}"#,
                signedWith: .rs256,
                fault: .unknownKey
            ),
            Bad(
                testDescription: "of a key for encryption",
                header: #"{"alg":"RS256","kid":"x1"}"#,
                signedWith: .rs256,
                fault: .unknownKey
            ),
            Bad(
                testDescription: "of a key of another kind",
                header: #"{"alg":"RS256","kid":"e1"}"#,
                signedWith: .rs256,
                fault: .unknownKey
            ),
            Bad(
                testDescription: "with extensions that must be understood",
                header: #"{"alg":"HS256","crit":["b64"],"b64":false}"#,
                fault: .format("has extensions that this server does not know (crit)")
            ),
            Bad(
                testDescription: "a header that names something twice",
                header: #"{"alg":"HS256","alg":"none"}"#,
                fault: .format("has no header that can be read")
            ),
            Bad(testDescription: "no object", payload: "[]", fault: .format("has no payload that can be read")),
            Bad(testDescription: "good for ever", payload: payload(exp: nil), fault: .format("has no exp")),
            Bad(
                testDescription: "a text as exp",
                payload: #"{"exp":"9999999999"}"#,
                fault: .format("should have a number as its exp")
            ),
            Bad(
                testDescription: "an exp beyond numbers",
                payload: #"{"exp":1e999}"#,
                fault: .format("should have a number as its exp")
            ),
            Bad(testDescription: "over", payload: payload(exp: Int(now) - 31), fault: .expired),
            Bad(testDescription: "not begun", payload: payload("\"nbf\":\(Int(now) + 31)"), fault: .notYetValid),
            Bad(
                testDescription: "of another issuer",
                payload: #"{"exp":1800000600,"iss":"x","aud":"hydrogen"}"#,
                fault: .foreign("iss")
            ),
            Bad(
                testDescription: "without an audience",
                payload: #"{"exp":1800000600,"iss":"https://issuer"}"#,
                fault: .foreign("aud")
            ),
            Bad(
                testDescription: "for another audience",
                payload: #"{"exp":1800000600,"iss":"https://issuer","aud":["hydrogen2"]}"#,
                fault: .foreign("aud")
            ),
            Bad(testDescription: "revoked", payload: payload(#""jti":"t9""#), fault: .revoked),
        ]
    )
    func bad(_ bad: Bad) async throws {
        let issuer = try TokenIssuer()
        let token = try await issuer.token(header: bad.header, payload: bad.payload, signedWith: bad.signedWith)
        let (keys, settings) = (try await Self.keys(issuer), try TokenSettings.reading(Self.all))
        let fault = #expect(throws: TokenFault.self) {
            try TokenVerifier(settings: settings).verify(token, keys: keys, revoked: ["t9"], now: Self.now)
        }
        #expect(fault == bad.fault)
    }

    @Test("clocks may be apart by the leeway", arguments: [(-29, 0), (0, 29)])
    func leeway(exp: Int, nbf: Int) async throws {
        let issuer = try TokenIssuer()
        let payload = Self.payload("\"nbf\":\(Int(Self.now) + nbf)", exp: Int(Self.now) + exp)
        let token = try await issuer.token(payload)
        let (keys, settings) = (try await Self.keys(issuer), try TokenSettings.reading(Self.all))
        #expect(throws: Never.self) {
            try TokenVerifier(settings: settings).verify(token, keys: keys, revoked: [], now: Self.now)
        }
    }

    @Test("a token that any byte of was changed in is not taken")
    func tampered() async throws {
        let issuer = try TokenIssuer()
        let (keys, settings) = (try await Self.keys(issuer), try TokenSettings.reading(Self.all))
        let token = Array(try await issuer.token(Self.payload(#""scope":"query:Shop""#)).utf8)
        for place in token.indices.dropLast() {
            for other in [UInt8(ascii: "A"), UInt8(ascii: "."), UInt8(ascii: "_"), 0x20] where token[place] != other {
                var changed = token
                changed[place] = other
                let text = String(decoding: changed, as: UTF8.self)
                #expect(throws: TokenFault.self, "place \(place)") {
                    try TokenVerifier(settings: settings).verify(text, keys: keys, revoked: [], now: Self.now)
                }
            }
        }
    }

    @Test(
        "what is no token at all is told apart",
        arguments: [
            "", ".", "..", "a.b", "a.b.c.d", "eyJhbGciOiJIUzI1NiJ9.e30.", "é.é.é", String(repeating: "a", count: 9000),
        ]
    )
    func noToken(text: String) async throws {
        let issuer = try TokenIssuer()
        let (keys, settings) = (try await Self.keys(issuer), try TokenSettings.reading(Self.all))
        let fault = #expect(throws: TokenFault.self) {
            try TokenVerifier(settings: settings).verify(text, keys: keys, revoked: [], now: Self.now)
        }
        #expect(fault?.title == "Invalid JWT format")
    }

    @Test(
        "incomplete settings are told",
        arguments: [
            (#""Algorithms": ["HS256"]"#, "HS256 needs API.Auth.JWT.Secret"),
            (#""Algorithms": ["HS256"], "Secret": "short""#, "fewer than 32 bytes"),
            (#""Algorithms": ["RS256"]"#, "RS256 and ES256 need API.Auth.JWT.PublicKey or JWKS"),
            (#""Algorithms": ["ES256"], "PublicKey": "k", "Secret": "x""#, "HS256 is not among the Algorithms"),
            (
                #""Algorithms": ["HS256"], "Secret": "0123456789abcdef0123456789abcdef", "JWKS": "k""#,
                "which Algorithms does not name"
            ),
        ]
    )
    func shortcomings(json: String, words: String) throws {
        #expect(try TokenSettings.reading("{ \(json) }").shortcoming?.contains(words) == true)
    }

    @Test(
        "settings that cannot be meant are faults",
        arguments: [
            ("{}", "Algorithms"), (#"{ "Algorithms": ["none"] }"#, "Algorithms"),
            (#"{ "Algorithms": ["RS256"], "JWKS": "http://issuer/keys", "Audience": "a" }"#, "JWKS"),
            (#"{ "Algorithms": ["RS256"], "JWKS": "http://localhost.evil/keys", "Audience": "a" }"#, "JWKS"),
            (#"{ "Algorithms": ["RS256"], "JWKS": "https://issuer/keys" }"#, "Audience"),
            (#"{ "Algorithms": ["RS256"], "JWKS": "http://127.0.0.1:p@192.0.2.1/keys", "Audience": "a" }"#, "JWKS"),
            (#"{ "Algorithms": ["RS256"], "JWKS": "https://u:secret@issuer/keys", "Audience": "a" }"#, "JWKS"),
            (#"{ "Algorithms": ["RS256"], "JWKS": "http://127.0.0.1.evil/keys", "Audience": "a" }"#, "JWKS"),
            (#"{ "Algorithms": ["RS256"], "JWKS": "ftp://localhost/keys", "Audience": "a" }"#, "JWKS"),
        ]
    )
    func faults(json: String, key: String) {
        let faults = #expect(throws: ConfigurationFaults.self) { try TokenSettings.reading(json) }
        #expect(faults?.faults.map(\.path) == [key])
    }
}
