/// What a server says first, as far as it matters before anything is said to it.
///
/// Source: MySQL client/server protocol, "Protocol::HandshakeV10".
enum MySQLGreeting: Equatable {
    /// There is more to come.
    case incomplete
    case withTLS
    case withoutTLS
    /// A refusal, or a protocol that the library does not speak: it says no more by itself.
    case other

    /// How many bytes tell, at most: versions are short.
    static let longest = 512
    /// The number of the session, a part of what the password is mixed with, and a zero.
    private static let beforeAbilities = 13
    /// `CLIENT_SSL`, in the second byte of the abilities.
    private static let tls: UInt8 = 0x08

    /// Reads what has come so far.
    init(_ bytes: ArraySlice<UInt8>) {
        let bytes = Array(bytes)
        guard bytes.count > 4 else {
            self = .incomplete
            return
        }
        guard (10...254).contains(bytes[4]) else {
            self = .other
            return
        }
        let end = 4 + (Int(bytes[0]) | Int(bytes[1]) << 8 | Int(bytes[2]) << 16)
        let isWhole = bytes.count >= min(end, Self.longest)
        guard let zero = bytes.prefix(end).dropFirst(5).firstIndex(of: 0),
            case let abilities = zero + 1 + Self.beforeAbilities, abilities + 1 < min(bytes.count, end)
        else {
            self = isWhole ? .withoutTLS : .incomplete
            return
        }
        self = bytes[abilities + 1] & Self.tls != 0 ? .withTLS : .withoutTLS
    }
}
