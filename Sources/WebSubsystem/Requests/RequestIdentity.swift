import Synchronization

/// Gives every request the id that its response, its error body and its log lines bear.
final class RequestIdentity: Sendable {
    /// The longest id taken over from a client.
    static let maximumLength = 64

    private let prefix: String
    private let last = Atomic<UInt64>(0)

    /// Ids that begin with 16 hexadecimal digits of `seed`: another for each process.
    init(seed: UInt64 = .random(in: .min ... .max)) {
        let digits = String(seed, radix: 16)
        prefix = String(repeating: "0", count: 16 - digits.count) + digits + "-"
    }

    /// The request's `X-Request-ID` if it is 1 to 64 letters, digits, `.`, `_` and `-`, else a new one.
    func id(offered: String?) -> String {
        if let offered, Self.isAcceptable(offered) { return offered }
        return prefix + String(last.add(1, ordering: .relaxed).newValue, radix: 16)
    }

    private static func isAcceptable(_ id: String) -> Bool {
        (1...maximumLength).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
