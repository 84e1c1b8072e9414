/// The address of an API: `https://api.example.com/v1`.
struct AIEndpoint: Sendable, Hashable {
    /// The URL without a slash at its end.
    let text: String
    /// Whether what goes there is encrypted.
    let isEncrypted: Bool
    /// Whether it is on this machine.
    let isLoopback: Bool

    /// Reads a URL of http or https with a host; no user, query or fragment. `nil` for anything else.
    init?(_ text: String) {
        let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !#"@?#\"<>^`{|}"#.utf8.contains($0) }
        guard isPlain, let colon = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<colon.lowerBound].lowercased()
        guard scheme == "https" || scheme == "http" else { return nil }
        let rest = text[colon.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        guard let host = Self.host(of: authority) else { return nil }
        let path = rest.dropFirst(authority.count)
        let kept = path.reversed().drop { $0 == "/" }.reversed()
        self.text = "\(scheme)://\(authority)\(String(kept))"
        self.isEncrypted = scheme == "https"
        self.isLoopback =
            host == "localhost" || host == "[::1]"
            || (host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." })
    }

    /// The host of `host:port`, in small letters; `nil` when it is none.
    private static func host(of authority: Substring) -> String? {
        let host: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[...end]
        } else {
            host = authority.prefix { $0 != ":" }
        }
        guard !host.isEmpty, host != "[]" else { return nil }
        let after = authority[host.endIndex...]
        guard !after.isEmpty else { return host.lowercased() }
        guard let port = UInt16(after.dropFirst()), after.first == ":", port > 0 else { return nil }
        return host.lowercased()
    }

    /// The URL of one resource.
    func url(_ path: String) -> String { "\(text)/\(path)" }
}
