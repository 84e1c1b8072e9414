extension RowWriter {
    /// Text as a field of CSV: in quotation marks when it is empty, which tells it from NULL, or has something in it that
    /// would end it.
    ///
    /// What is not UTF-8 becomes U+FFFD. Source: RFC 4180, section 2.
    mutating func field(_ bytes: UnsafeBufferPointer<UInt8>) {
        let isQuoted = bytes.isEmpty || bytes.contains(where: Self.endsField)
        guard isQuoted || JSONText.cleanEnd(bytes, from: 0) < bytes.count else { return copy(bytes) }
        member(room: 1) { target in
            target[0] = UInt8(ascii: "\"")
            return isQuoted ? 1 : 0
        }
        appendField(bytes)
        if isQuoted { appendByte(UInt8(ascii: "\"")) }
    }

    private static func endsField(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
    }

    private mutating func appendField(_ bytes: UnsafeBufferPointer<UInt8>) {
        var index = 0
        while index < bytes.count {
            let clean = JSONText.cleanEnd(bytes, from: index)
            append(bytes[index..<clean])
            guard clean < bytes.count else { return }
            if bytes[clean] < 0x80 {
                appendByte(bytes[clean])
                if bytes[clean] == UInt8(ascii: "\"") { appendByte(UInt8(ascii: "\"")) }
                index = clean + 1
            } else {
                appendReplacement()
                index = clean + JSONText.sequence(bytes, at: clean).length
            }
        }
    }

    private mutating func appendByte(_ byte: UInt8) {
        more(room: 1) { target in
            target[0] = byte
            return 1
        }
    }
}
