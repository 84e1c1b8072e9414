import ArgumentParser
import AsyncHTTPClient
import HydrogenCore
import NIOCore
import NIOHTTP1
import WebSubsystem

/// `hydrogen probe`: asks a running server whether it is ready, for health checks of containers and scripts.
struct ProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Asks a running server for its readiness. Exit code 0 when it is ready, else 1."
    )

    @OptionGroup var option: ConfigurationOption

    @Option(help: "The address of the server, in place of the configuration's.")
    var url: String?

    @Option(help: "How many seconds to wait for the answer.")
    var timeout = 3

    @Flag(help: "Report as JSON: the server's own answer.")
    var json = false

    func validate() throws {
        guard (1...300).contains(timeout) else { throw ValidationError("--timeout takes 1 to 300 seconds.") }
    }

    func run() async throws {
        let address = try url ?? configuredAddress()
        let (isReady, text) = await ask(address)
        Terminal.write(text)
        if !isReady { throw ArgumentParser.ExitCode(.usage) }
    }

    private func ask(_ address: String) async -> (isReady: Bool, text: String) {
        do {
            let request = HTTPClientRequest(url: address)
            let (response, body) = try await Self.response(to: request, within: .seconds(Int64(timeout)))
            let isReady = response.status == .ok
            let verdict = isReady ? "ready" : "not ready (\(response.status.code)): \(String(buffer: body))"
            return (isReady, json ? String(buffer: body) : "\(address): \(verdict)")
        } catch {
            return (false, "\(address): no answer: \(error)")
        }
    }

    /// Asks once: a health check is repeated by who runs it, not here.
    private static func response(
        to request: HTTPClientRequest,
        within timeout: TimeAmount
    ) async throws -> (HTTPClientResponse, ByteBuffer) {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let response = try await client.execute(request, timeout: timeout)
            let body = try await response.body.collect(upTo: 1 << 20)
            try await client.shutdown()
            return (response, body)
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private func configuredAddress() throws -> String {
        let configuration = try option.load().value
        guard configuration.web.port != 0 else {
            throw ValidationError("The configuration leaves the port open (0): name the server's address with --url.")
        }
        let scheme = configuration.web.tls == nil ? "http" : "https"
        let host = Self.reachable(configuration.web.host)
        return "\(scheme)://\(host):\(configuration.web.port)\(configuration.api.prefix)/system/readiness"
    }

    /// An address to ask where the server listens on all, in the form that URLs need.
    private static func reachable(_ host: String) -> String {
        switch host {
        case "0.0.0.0": "127.0.0.1"
        case "::": "[::1]"
        case _ where host.contains(":"): "[\(host)]"
        default: host
        }
    }
}
