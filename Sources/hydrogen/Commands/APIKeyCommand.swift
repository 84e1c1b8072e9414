import ArgumentParser
import Crypto
import HydrogenCore

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
        let key = "hk_" + Self.hexadecimal(SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) })
        let digest = Self.hexadecimal(Array(SHA256.hash(data: Array(key.utf8))))
        if json {
            try Terminal.write(json: ["key": key, "sha256": digest])
        } else {
            Terminal.write("Key:    \(key)\nSHA256: \(digest)")
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
