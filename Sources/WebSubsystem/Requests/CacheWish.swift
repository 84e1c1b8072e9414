import DatabaseSubsystem

/// What a request says of caches: `Cache-Control` and `If-None-Match`.
///
/// Source: RFC 9111, section 5.2.1; RFC 9110, section 13.1.2.
struct CacheWish: Sendable, Hashable {
    /// What the server's own cache may do.
    let use: CacheUse
    /// The entity tags that the client has, as the header lists them.
    private let tags: String?

    init(_ request: QueryRequest) {
        use = request.cacheControl.map(Self.use) ?? .allowed
        tags = request.method == .reading ? request.ifNoneMatch : nil
    }

    private static func use(_ cacheControl: String) -> CacheUse {
        var use = CacheUse.allowed
        for directive in cacheControl.split(separator: ",") {
            switch directive.filter({ $0 != " " && $0 != "\t" }).lowercased() {
            case "no-store": return .bypassed
            case "no-cache", "max-age=0": use = .refreshed
            default: break
            }
        }
        return use
    }

    /// Whether the client has the result of this tag already.
    func has(_ tag: String) -> Bool {
        guard let tags else { return false }
        return tags == "*" || tags.split(separator: ",").contains { Self.opaque($0) == tag }
    }

    /// A tag without its mark of weakness and its quotes: they are compared weakly.
    private static func opaque(_ tag: Substring) -> Substring {
        var tag = tag.trimmed
        if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
        guard tag.count >= 2, tag.first == "\"", tag.last == "\"" else { return "" }
        return tag.dropFirst().dropLast()
    }
}
