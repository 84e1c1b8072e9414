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
            .single("authentication") { await authenticationFinding() },
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

    /// Whether everything is there that callers are to be proved with: what is switched on and incomplete proves nobody.
    private func authenticationFinding() async -> Finding {
        let auth = api.auth
        guard auth.mode == .required else {
            let isUnused = auth.tokens != nil || !auth.keys.isEmpty
            return .go("Authentication: none" + (isUnused ? "; API.Auth.JWT and APIKeys are without effect" : ""))
        }
        guard auth.tokens != nil || !auth.keys.isEmpty else {
            return .noGo("Authentication: required, and neither API.Auth.JWT nor API.Auth.APIKeys is there; add one")
        }
        var parts = auth.keys.isEmpty ? [] : ["API keys: \(auth.keys.count)"]
        if let tokens = auth.tokens {
            if let shortcoming = tokens.shortcoming { return .noGo("Authentication: \(shortcoming)") }
            let names = tokens.algorithms.map(\.rawValue).sorted().joined(separator: ", ")
            let source = KeySource(tokens, clock: ContinuousClock())
            do throws(KeyFault) {
                parts.append("tokens: \(names), keys: \(try await source.read().keys.keys.count)")
            } catch {
                guard source.isRemote else { return .noGo("Authentication: \(error)") }
                parts.append("tokens: \(names), refused until their keys are there: \(error)")
            }
        }
        return .go("Authentication: required; " + parts.joined(separator: "; "))
    }

    private func audienceFinding() async -> Finding {
        guard let address = try? await address() else { return .noGo("Audience: unknown without an address") }
        let auth = api.auth
        if auth.mode == .required {
            let who =
                auth.allowsAnonymous
                ? "callers who prove who they are; public queries for everybody" : "callers who prove who they are"
            let isOpen = configuration.tls == nil && !address.isLoopback
            return .go("Audience: \(who)" + (isOpen ? "; without TLS: let only a proxy reach \(address.host)" : ""))
        }
        if address.isLoopback { return .go("Audience: this machine only, without authentication") }
        if auth.allowsAnonymous {
            return .go("Audience: everybody who reaches \(address.host), without authentication")
        }
        return .noGo(
            "Audience: \(address.host) can be reached by other machines, and API.Auth.Mode is none; "
                + "set API.Auth.Mode to required, listen on 127.0.0.1, or set API.Auth.AllowAnonymous to true"
        )
    }
}
