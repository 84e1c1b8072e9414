import ArgumentParser
import HydrogenCore
import WebSubsystem

/// `hydrogen api-key`.
struct APIKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api-key",
        abstract: "Makes a key for API.Auth.APIKeys.",
        discussion: "The key is for the caller, who sends it as X-API-Key; its SHA-256 is for the configuration."
    )

    @Flag(help: "Report as JSON.")
    var json = false

    func run() throws {
        let key = APIKey.random()
        let digest = APIKey.digest(of: key)
        if json {
            try Terminal.write(json: ["key": key, "sha256": digest])
        } else {
            Terminal.write("Key:    \(key)\nSHA256: \(digest)")
        }
    }
}
