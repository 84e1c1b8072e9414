import Glibc
package import HydrogenCore

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
        if let path = settings.rootCertificate, access(path, R_OK) != 0 {
            let reason = String(cString: strerror(errno))
            findings.append(.partNoGo("SSLRootCertificate: \(path) cannot be read: \(reason)"))
        }
        return findings
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
