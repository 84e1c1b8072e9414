import HydrogenCore
import Testing

@testable import MessageQueueSubsystem

@Suite("Message queue configuration")
struct MessageQueueConfigurationTests {
    private static func faults(_ settings: String) throws -> [String] {
        let text = #"{ "MessageQueue": { "Enabled": true, "Database": "A", \#(settings) } }"#
        let document = try QueueFlight.document(text)
        do throws(ConfigurationFaults) {
            _ = try document.decode(section: "MessageQueue", MessageQueueConfiguration.init)
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    @Test(
        "an origin is one as browsers send it",
        arguments: ["*", "", "https://a.example", "http://localhost:3000", "http://[::1]:80", "app+x://a"]
    )
    func origin(text: String) throws {
        #expect(try Self.faults(#""AllowedOrigin": "\#(text)""#) == [])
    }

    @Test(
        "what no browser sends as an origin is refused",
        arguments: [
            "a.example", "https://", "://a", "https://a.example/", "https://a.example/x", "https://A.example", "null",
        ]
    )
    func noOrigin(text: String) throws {
        let faults = try Self.faults(#""AllowedOrigin": "\#(text)""#)
        #expect(faults.count == 1 && faults[0].contains("AllowedOrigin") && faults[0].contains("https://"), "\(faults)")
    }

    @Test("a pop that does not say how long it waits waits no longer than it may")
    func timeouts() throws {
        #expect(try Self.faults(#""DefaultTimeoutSeconds": 60, "MaxTimeoutSeconds": 60"#) == [])
        let faults = try Self.faults(#""DefaultTimeoutSeconds": 60, "MaxTimeoutSeconds": 20"#)
        #expect(faults.count == 1 && faults[0].contains("DefaultTimeoutSeconds (60) or more"), "\(faults)")
    }
}
