/// Why the parameters of a request do not fit its query: always the caller's fault, never the server's.
///
/// ``error`` and ``message`` are the members of the same names in the response. They name parameters and types, never
/// values.
package struct ParameterFault: Error, Sendable, Hashable {
    /// What is wrong: few, stable, documented.
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// A `%` without two hexadecimal digits, a NUL, or bytes that are not UTF-8.
        case malformedEncoding
        /// A part of a URL's parameters that is not `name=value`.
        case malformedPair
        /// A body, or the JSON form of the path's parameters, that is not the JSON it should be.
        case invalidJSON
        /// A name that no parameter can have.
        case invalidName
        /// A name that stands twice, in one place or in two.
        case duplicate
        /// More than ``ParameterDeclaration/maximumCount`` parameters.
        case tooMany
        /// Values that are not of the declared types.
        case typeMismatch
        /// Values that break the rules of their parameters.
        case outOfRange
        /// Parameters that are bound to claims, and were given.
        case bound
        /// Claims that parameters are bound to, and the caller does not have.
        case claimMissing
        /// Required parameters that were not given.
        case missing
        /// Parameters that the query does not have.
        case unused
    }

    /// What is wrong.
    package let kind: Kind
    /// The offenders, all at once, and what they should be.
    package let message: String

    /// A fault with its message.
    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The title of the kind, as responses show it.
    package var error: String {
        switch kind {
        case .malformedEncoding: "Invalid percent-encoding"
        case .malformedPair: "Malformed parameters"
        case .invalidJSON: "Invalid JSON"
        case .invalidName: "Invalid parameter name"
        case .duplicate: "Duplicate parameter"
        case .tooMany: "Too many parameters"
        case .typeMismatch: "Parameter type mismatch"
        case .outOfRange: "Parameter out of range"
        case .bound: "Parameter is bound"
        case .claimMissing: "Claim missing"
        case .missing: "Missing parameters"
        case .unused: "Unused parameters"
        }
    }
}

extension ParameterFault: CustomStringConvertible {
    package var description: String { "\(error): \(message)" }
}
