/// The target of a request as it stands on the wire: nothing is decoded, so `%2F` never becomes a separator.
struct RequestTarget: Sendable, Hashable {
    /// The path, from its first `/`; `/` for a target without one.
    let path: Substring
    /// What follows the first `?`; `nil` without one.
    let query: Substring?

    /// Takes a target apart: `/path?query`, or with a scheme and an authority in front (RFC 9112, section 3.2).
    init(_ raw: String) {
        var rest = raw[...]
        if rest.utf8.first != UInt8(ascii: "/") { rest = Self.withoutOrigin(rest) }
        if let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) {
            path = rest[..<mark]
            query = rest[rest.utf8.index(after: mark)...]
        } else {
            path = rest
            query = nil
        }
    }

    private static func withoutOrigin(_ target: Substring) -> Substring {
        guard let colon = target.utf8.firstIndex(of: UInt8(ascii: ":")), target[colon...].utf8.starts(with: "://".utf8)
        else { return target }
        let authority = target[colon...].dropFirst(3)
        return authority.utf8.firstIndex(of: UInt8(ascii: "/")).map { authority[$0...] } ?? "/"
    }

    /// The segments of the path between its slashes; the one before the first slash is left out.
    var segments: [Substring] {
        var segments: [Substring] = []
        var start = path.utf8.startIndex
        var isFirst = true
        for index in path.utf8.indices where path.utf8[index] == UInt8(ascii: "/") {
            if !isFirst { segments.append(path[start..<index]) }
            start = path.utf8.index(after: index)
            isFirst = false
        }
        segments.append(path[start...])
        return segments
    }
}
