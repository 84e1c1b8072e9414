/// `docs/configuration.md` as data: what it says of each key.
struct ConfigurationReference {
    /// The three lines that end the text of every key.
    struct Entry {
        /// What a value must be.
        let type: Substring
        /// What an absent key stands for.
        let absence: Substring
        /// When a change counts.
        let effect: Substring
    }

    /// The entries by the path of the key, `[]` in the place of indices.
    private(set) var entries: [String: Entry] = [:]
    /// Keys that have two entries, and headings whose text lacks a line.
    private(set) var faults: [String] = []

    /// Reads the text: an entry is a heading of the third level that begins with a key; it may name several.
    init(_ text: String) {
        for part in text.split(separator: "\n### `").dropFirst() {
            let lines = part.split(separator: "\n## ")[0].split(separator: "\n")
            let paths = "`\(lines[0])".split(separator: "`").filter { $0 != ", " }.map(String.init)
            guard let type = Self.value(of: "Type", in: lines), let absence = Self.value(of: "Default", in: lines),
                let effect = Self.value(of: "Takes effect", in: lines)
            else {
                faults.append("\(paths) lacks its type, default or effect")
                continue
            }
            for path in paths {
                let old = entries.updateValue(Entry(type: type, absence: absence, effect: effect), forKey: path)
                if old != nil { faults.append("\(path) has two entries") }
            }
        }
    }

    private static func value(of title: String, in lines: [Substring]) -> Substring? {
        let start = "- \(title): "
        return lines.first { $0.hasPrefix(start) }?.dropFirst(start.count)
    }
}
