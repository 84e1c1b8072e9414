import HummingbirdTLS
import NIOSSL

/// The certificate chain and the private key of HTTPS, read and found to belong together.
struct TLSMaterial: Sendable {
    /// What the server is given.
    let configuration: TLSConfiguration
    /// How many certificates the chain has.
    let certificateCount: Int

    /// Reads both files.
    ///
    /// - Throws: ``ListeningFault`` that names the file at fault; never anything of the key.
    init(_ files: WebServerConfiguration.TLSFiles) throws(ListeningFault) {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
        } catch {
            throw ListeningFault(
                "WebServer.TLS.Certificate \(files.certificate) cannot be read as PEM; give the server's chain"
            )
        }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: files.key, format: .pem)
        } catch {
            throw ListeningFault(
                "WebServer.TLS.Key \(files.key) cannot be read as PEM; give a private key without a passphrase"
            )
        }
        configuration = .makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        certificateCount = chain.count
        do {
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw ListeningFault("WebServer.TLS: key \(files.key) is not that of certificate \(files.certificate)")
        }
    }
}
