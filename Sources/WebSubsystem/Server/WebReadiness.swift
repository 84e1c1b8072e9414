import HydrogenCore

/// What must hold before the web server launches.
struct WebReadiness: Sendable {
    let configuration: WebServerConfiguration
    let api: APIConfiguration

    /// The checks, in order.
    var checks: [ReadinessCheck] {
        [
            .single("enabled") { enabledFinding },
            .single("address") { await addressFinding() },
            .single("port") { await portFinding() },
            .single("TLS") { tlsFinding },
            .single("audience") { await audienceFinding() },
        ]
    }

    private var enabledFinding: Finding {
        configuration.isEnabled
            ? .go("API prefix: \(api.prefix)")
            : .noGo("WebServer.Enabled is false; set it to true to serve clients")
    }

    private func address() async throws(ListeningFault) -> ListeningAddress {
        try await .resolve(host: configuration.host, port: configuration.port)
    }

    private func addressFinding() async -> Finding {
        do throws(ListeningFault) {
            let address = try await address()
            return .go("Address: \(address.host)" + (address.ip == address.host ? "" : " is \(address.ip)"))
        } catch {
            return .noGo("Address: \(error)")
        }
    }

    private func portFinding() async -> Finding {
        do throws(ListeningFault) {
            try PortProbe(try await address()).run()
            return .go(configuration.port == 0 ? "Port: any free one" : "Port: \(configuration.port) is free")
        } catch {
            return .noGo("Port: \(error)")
        }
    }

    private var tlsFinding: Finding {
        guard let files = configuration.tls else { return .go("TLS: off, plain HTTP") }
        do throws(ListeningFault) {
            return .go("TLS: \(files.certificate), certificates: \(try TLSMaterial(files).certificateCount)")
        } catch {
            return .noGo("TLS: \(error)")
        }
    }

    private func audienceFinding() async -> Finding {
        guard let address = try? await address() else { return .noGo("Audience: unknown without an address") }
        if address.isLoopback { return .go("Audience: this machine only, without authentication") }
        if api.allowsAnonymous { return .go("Audience: everybody who reaches \(address.host), without authentication") }
        return .noGo(
            "Audience: \(address.host) can be reached by other machines, and API.Auth.Mode is none; "
                + "listen on 127.0.0.1, or set API.Auth.AllowAnonymous to true"
        )
    }
}
