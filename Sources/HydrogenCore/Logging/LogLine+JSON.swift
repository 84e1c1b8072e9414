extension LogLine {
    /// Adds the line as one JSON object with the members in the order of the contract; `metadata` only when there is any.
    func appendJSON(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: #"{"time":"#.utf8)
        LogEscape.appendJSON(time.rfc3339, to: &bytes)
        bytes.append(contentsOf: #","level":"#.utf8)
        LogEscape.appendJSON(level.description, to: &bytes)
        bytes.append(contentsOf: #","subsystem":"#.utf8)
        LogEscape.appendJSON(subsystem, to: &bytes)
        bytes.append(contentsOf: #","message":"#.utf8)
        LogEscape.appendJSON(message, to: &bytes)
        if !metadata.isEmpty { appendJSONMetadata(to: &bytes) }
        bytes.append(UInt8(ascii: "}"))
    }

    private func appendJSONMetadata(to bytes: inout [UInt8]) {
        var separator = #","metadata":{"#
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            bytes.append(contentsOf: separator.utf8)
            LogEscape.appendJSON(key, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            LogEscape.appendJSON(value, to: &bytes)
            separator = ","
        }
        bytes.append(UInt8(ascii: "}"))
    }
}
