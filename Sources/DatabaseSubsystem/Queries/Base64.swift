/// Base64 with padding, RFC 4648, section 4.
enum Base64 {
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    /// Writes `(count + 2) / 3 * 4` bytes to `target`.
    static func encode(_ bytes: UnsafeRawBufferPointer, to target: UnsafeMutablePointer<UInt8>) {
        let digits = alphabet.utf8Start
        var out = target
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            let first = UInt32(bytes[index]) << 16
            let second = left > 1 ? UInt32(bytes[index + 1]) << 8 : 0
            let group = first | second | (left > 2 ? UInt32(bytes[index + 2]) : 0)
            out[0] = digits[Int(group >> 18)]
            out[1] = digits[Int(group >> 12 & 63)]
            out[2] = left > 1 ? digits[Int(group >> 6 & 63)] : UInt8(ascii: "=")
            out[3] = left > 2 ? digits[Int(group & 63)] : UInt8(ascii: "=")
            out += 4
            index += 3
        }
    }
}
