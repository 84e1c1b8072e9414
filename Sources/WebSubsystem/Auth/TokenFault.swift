/// Why a bearer token is not taken.
enum TokenFault: Error, Sendable, Hashable {
    /// It is no JWT: what is wrong with its form.
    case format(String)
    /// It says that it is signed in a way that is not among `Algorithms`.
    case algorithm
    /// It names a key that is not there.
    case unknownKey
    /// None of the keys made its signature.
    case signature
    /// Its time is over.
    case expired
    /// Its time has not come.
    case notYetValid
    /// It is meant for another audience, or comes from another issuer.
    case foreign(String)
    /// Its `jti` stands in the file of revoked ones.
    case revoked

    /// The title of the response.
    var title: String {
        switch self {
        case .format: "Invalid JWT format"
        case .algorithm, .unknownKey, .notYetValid, .foreign: "Invalid or expired JWT token"
        case .signature: "Invalid JWT signature"
        case .expired: "JWT token has expired"
        case .revoked: "JWT token has been revoked"
        }
    }

    /// What is wrong and what to do; nothing of the token.
    var message: String {
        switch self {
        case .format(let what): "the bearer token \(what)"
        case .algorithm: "the bearer token is signed in a way that this server does not take (API.Auth.JWT.Algorithms)"
        case .unknownKey: "the bearer token is signed with a key that this server does not know"
        case .signature: "the bearer token was not signed with the key of its issuer"
        case .expired: "the bearer token is past its exp; get a new one"
        case .notYetValid: "the bearer token is not valid before its nbf; compare the clocks"
        case .foreign(let claim): "the bearer token's \(claim) is not the one that this server expects"
        case .revoked: "the bearer token was revoked; get a new one"
        }
    }
}
