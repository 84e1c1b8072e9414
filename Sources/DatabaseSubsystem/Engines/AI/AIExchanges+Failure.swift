import AsyncHTTPClient
import HydrogenCore
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

extension AIExchanges {
    /// Why no request came to an endpoint, and what to do about it. Pure.
    enum Obstacle: Hashable {
        /// Nothing is at the address, or nothing that can be reached.
        case unreachable(String)
        /// What is there said nothing in time.
        case silent
        /// What is there speaks another protocol.
        case notHTTP
        /// What is there does not encrypt.
        case notTLS
        /// Nothing vouches for the endpoint's certificate.
        case distrusted(String)
        /// The endpoint's certificate is of another host.
        case otherHost
        /// The file of certificates to trust holds none.
        case noCertificates
        /// The two do not agree on how to encrypt.
        case noAgreement(String)

        /// - Parameter hasRootCertificate: Whether the certificates to trust are those of a file.
        init(_ error: any Error, hasRootCertificate: Bool) {
            if error is HTTPParserError || error is NIOHTTPDecoderError {
                self = .notHTTP
            } else if let reason = Self.tlsReason("\(error)") {
                self = Self.obstacle(tls: reason, hasRootCertificate: hasRootCertificate)
            } else if let error = error as? NIOConnectionError {
                let causes = error.connectionErrors.map(\.error)
                let lookups = [error.dnsAError, error.dnsAAAAError].compactMap { $0 }
                let words = (causes.isEmpty ? lookups : causes).map { "\($0)" }.joined(separator: "; ")
                self = .unreachable(String(words.prefix(300)))
            } else if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
                self = .otherHost
            } else if error is NIOSSLError || error is BoringSSLError {
                self = .noAgreement("the connection was ended while it was being encrypted")
            } else if let error = error as? HTTPClientError, Self.delays.contains(error) {
                self = .silent
            } else {
                self = .unreachable(String("\(error)".prefix(300)))
            }
        }

        private static func obstacle(tls reason: String, hasRootCertificate: Bool) -> Obstacle {
            switch reason {
            case "CERTIFICATE_VERIFY_FAILED": .distrusted(reason)
            case "WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST": .notTLS
            case _ where hasRootCertificate && Self.fileReasons.contains(reason): .noCertificates
            default: .noAgreement(reason)
            }
        }

        private static let delays: [HTTPClientError] = [.connectTimeout, .tlsHandshakeTimeout, .deadlineExceeded]

        /// What BoringSSL calls a file without certificates, or with broken ones.
        private static let fileReasons: Set<String> = [
            "NO_CERTIFICATE_OR_CRL_FOUND", "NO_START_LINE", "BAD_BASE64_DECODE", "BAD_END_LINE", "SHORT_HEADER",
        ]

        /// BoringSSL's name of a fault, out of its line with a place in its own source: `…:OPENSSL_internal:NAME at …`.
        static func tlsReason(_ text: String) -> String? {
            guard let mark = text.firstRange(of: "OPENSSL_internal:") else { return nil }
            let name = text[mark.upperBound...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            return name.isEmpty ? nil : String(name)
        }
    }

    /// For an endpoint that no request came to.
    func unreachable(because error: any Error) -> DatabaseError {
        let obstacle = Obstacle(error, hasRootCertificate: settings.rootCertificate != nil)
        let (message, reason) = words(for: obstacle)
        return DatabaseError(
            .unavailable,
            message,
            detail: endpoint.text + (reason.map { ": \($0)" } ?? ""),
            retryAfter: .seconds(1)
        )
    }

    private static let whereToLook = "look at host and port of Endpoint, whether it runs, and at firewalls"

    private func words(for obstacle: Obstacle) -> (message: String, reason: String?) {
        switch obstacle {
        case .unreachable(let reason): ("the endpoint cannot be reached; \(Self.whereToLook)", reason)
        case .silent:
            (
                "the endpoint did not answer in time; \(Self.whereToLook)",
                "nothing within \(settings.connectTimeout.report)"
            )
        case .notHTTP:
            ("what answers at the endpoint does not speak HTTP; look at scheme, host and port of Endpoint", nil)
        case .notTLS:
            ("what answers at the endpoint does not speak TLS; look at scheme (https) and port of Endpoint", nil)
        case .distrusted(let reason):
            ("the endpoint has a certificate that nothing vouches for; look at SSLRootCertificate", reason)
        case .otherHost:
            ("the endpoint's certificate is of another host; look at the host of Endpoint", nil)
        case .noCertificates:
            (
                "SSLRootCertificate holds no certificate; name a file of certificates in PEM",
                settings.rootCertificate ?? "no file"
            )
        case .noAgreement(let reason):
            ("TLS with the endpoint failed; look at Endpoint and SSLRootCertificate, and at the endpoint's TLS", reason)
        }
    }
}
