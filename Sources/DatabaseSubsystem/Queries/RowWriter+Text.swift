extension RowWriter {
    /// Text.
    ///
    /// What is not UTF-8 becomes U+FFFD.
    package mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { string($0) }
    }

    /// Text as an engine has it in memory.
    ///
    /// What is not UTF-8 becomes U+FFFD.
    package mutating func string(_ bytes: UnsafeBufferPointer<UInt8>) {
        if format == .csv { return field(bytes) }
        let clean = JSONText.cleanEnd(bytes, from: 0)
        guard clean < bytes.count else { return plainString(bytes) }
        member(room: 1) { target in
            target[0] = UInt8(ascii: "\"")
            return 1
        }
        append(bytes[..<clean])
        appendEscaped(bytes, from: clean)
        more(room: 1) { target in
            target[0] = UInt8(ascii: "\"")
            return 1
        }
    }

    private mutating func plainString(_ bytes: UnsafeBufferPointer<UInt8>) {
        member(room: bytes.count + 2) { target in
            target[0] = UInt8(ascii: "\"")
            if let source = bytes.baseAddress { (target + 1).update(from: source, count: bytes.count) }
            target[bytes.count + 1] = UInt8(ascii: "\"")
            return bytes.count + 2
        }
    }

    /// Writes what starts with a byte to escape or replace.
    private mutating func appendEscaped(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) {
        var index = start
        while index < bytes.count {
            if bytes[index] < 0x80 {
                appendEscape(of: bytes[index])
                index += 1
            } else {
                appendReplacement()
                index += JSONText.sequence(bytes, at: index).length
            }
            let clean = JSONText.cleanEnd(bytes, from: index)
            append(bytes[index..<clean])
            index = clean
        }
    }

    /// Writes bytes as the value.
    mutating func copy(_ bytes: UnsafeBufferPointer<UInt8>) {
        member(room: bytes.count) { target in
            if let source = bytes.baseAddress { target.update(from: source, count: bytes.count) }
            return bytes.count
        }
    }

    mutating func append(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) {
        guard !bytes.isEmpty else { return }
        let bytes = UnsafeBufferPointer(rebasing: bytes)
        more(room: bytes.count) { target in
            if let source = bytes.baseAddress { target.update(from: source, count: bytes.count) }
            return bytes.count
        }
    }

    mutating func appendReplacement() {
        more(room: 3) { target in
            (target[0], target[1], target[2]) = (0xEF, 0xBF, 0xBD)
            return 3
        }
    }

    /// RFC 8259, section 7: the short escapes where there are any.
    private mutating func appendEscape(of byte: UInt8) {
        let short: UInt8? =
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
            case 0x08: UInt8(ascii: "b")
            case 0x09: UInt8(ascii: "t")
            case 0x0A: UInt8(ascii: "n")
            case 0x0C: UInt8(ascii: "f")
            case 0x0D: UInt8(ascii: "r")
            default: nil
            }
        more(room: 6) { target in
            target[0] = UInt8(ascii: "\\")
            if let short {
                target[1] = short
                return 2
            }
            let digit = byte & 0x0F
            (target[1], target[2], target[3]) = (UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0"))
            target[4] = UInt8(ascii: "0") + byte >> 4
            target[5] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            return 6
        }
    }
}
