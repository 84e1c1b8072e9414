extension LogLine {
    /// Columns that the level takes in text lines.
    private static let levelWidth = 5
    /// Columns that the label takes in text lines; a longer one is not cut.
    private static let labelWidth = 12

    /// Adds the text frame, the message and ` key=value` for each key in order.
    ///
    /// Whatever came from outside is escaped (``LogEscape``): it cannot end the line, begin another or add a key.
    func appendText(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: time.logText.utf8)
        bytes.append(contentsOf: "  [ ".utf8)
        Self.append(level.description, width: Self.levelWidth, to: &bytes)
        bytes.append(contentsOf: " ]  [ ".utf8)
        Self.append(subsystem, width: Self.labelWidth, to: &bytes)
        bytes.append(contentsOf: " ]  ".utf8)
        LogEscape.appendPlain(message, to: &bytes)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            bytes.append(UInt8(ascii: " "))
            LogEscape.appendWord(key, to: &bytes)
            bytes.append(UInt8(ascii: "="))
            LogEscape.appendWord(value, to: &bytes)
        }
    }

    private static func append(_ text: String, width: Int, to bytes: inout [UInt8]) {
        LogEscape.appendPlain(text, to: &bytes)
        let padding = max(0, width - text.unicodeScalars.count)
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding))
    }
}
