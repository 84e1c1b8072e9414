package import HydrogenCore

/// The `WebServer` section.
package struct WebServerConfiguration: Sendable, Hashable {
    /// Where the certificate and its key are.
    package struct TLSFiles: Sendable, Hashable {
        /// The certificate chain in PEM form, the server's own certificate first.
        package let certificate: String
        /// The private key in PEM form, without a passphrase.
        package let key: String

        /// Both files.
        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// Whether the server is to fly.
    package var isEnabled: Bool
    /// The address or the name of the address to listen on.
    package var host: String
    /// The port to listen on; 0 for any free one.
    package var port: Int
    /// The files for HTTPS; `nil` for plain HTTP.
    package var tls: TLSFiles?
    /// The largest request body, in bytes.
    package var maximumRequestBytes: Int
    /// How long a request may take: from its head to the end of its body, and again from there to the answer of its
    /// query.
    package var requestTimeout: Duration

    /// The defaults, for tests.
    package init() {
        isEnabled = true
        host = "127.0.0.1"
        port = 5000
        maximumRequestBytes = 2 << 20
        requestTimeout = .seconds(30)
    }

    /// Reads the section.
    ///
    /// - `Enabled`: default `true`.
    /// - `Host`: an address of this machine, or a name of one. Default `127.0.0.1`.
    /// - `Port`: default 5000, 0 to 65,535; 0 takes any free port.
    /// - `TLS.Certificate`, `TLS.Key`: PEM files, relative to the configuration file's folder. Default: plain HTTP.
    /// - `MaxRequestBytes`: default 2 MiB, 1 KiB to 1 GiB.
    /// - `RequestTimeoutSeconds`: default 30, 1 to 86,400.
    package init(_ reader: ConfigurationReader) {
        let defaults = WebServerConfiguration()
        isEnabled = reader.value("Enabled", .boolean, default: defaults.isEnabled)
        host = reader.value("Host", .string(length: 1...255), default: defaults.host)
        port = reader.value("Port", .integer(0...65_535), default: defaults.port)
        tls = reader.optionalSection("TLS") { reader in
            let path = ValueKind<String>.string(length: 1...4096)
            return TLSFiles(
                certificate: reader.files.resolved(reader.required("Certificate", path, placeholder: "")),
                key: reader.files.resolved(reader.required("Key", path, placeholder: ""))
            )
        }
        maximumRequestBytes = reader.value(
            "MaxRequestBytes",
            .integer(1024...1 << 30),
            default: defaults.maximumRequestBytes
        )
        requestTimeout = reader.value("RequestTimeoutSeconds", .seconds(1...86_400), default: defaults.requestTimeout)
    }
}
