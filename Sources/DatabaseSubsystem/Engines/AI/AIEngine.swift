import Glibc
package import HydrogenCore
import NIOSSL

/// The adapter to AI endpoints: HTTP servers that speak OpenAI's API for chats and embeddings.
package final class AIEngine: DatabaseEngine {
    /// Nothing is bound: values are put into prompts.
    package let placeholders = ParsedSQL.Placeholders.question
    package let streamsFromEveryQueue = true

    private let settings: AISettings
    private let gate: EndpointGate

    init(_ settings: AISettings) {
        self.settings = settings
        gate = EndpointGate(limit: settings.concurrentRequests)
    }

    package func inspect() -> [Finding] {
        guard let endpoint = settings.endpoint else { return [.partNoGo("no Endpoint is configured")] }
        var findings = [Finding.go("\(endpoint.text), \(settings.mode.rawValue), model \(settings.model)")]
        if let fault = rootCertificateFault { findings.append(.partNoGo("SSLRootCertificate: \(fault)")) }
        return findings
    }

    private var rootCertificateFault: String? {
        guard let path = settings.rootCertificate else { return nil }
        guard access(path, R_OK) == 0 else { return "\(path) cannot be read: \(String(cString: strerror(errno)))" }
        // What cannot be parsed is told by a place in the library's source, which says nothing to anybody here.
        let certificates = try? NIOSSLCertificate.fromPEMFile(path)
        guard certificates?.isEmpty != false else { return nil }
        return "\(path) holds no certificate; name a file of certificates in PEM"
    }

    package func connect(as label: QueueLabel, abort: AbortSignal) throws(DatabaseError) -> any EngineConnection {
        try connect(abort)
    }

    package func connectForRehearsal() throws(DatabaseError) -> any EngineConnection {
        try connect(.never)
    }

    private func connect(_ abort: AbortSignal) throws(DatabaseError) -> AIConnection {
        let connection = try AIConnection(settings, gate: gate, abort: abort)
        do throws(DatabaseError) {
            try connection.check()
            return connection
        } catch {
            connection.close()
            throw error
        }
    }
}
