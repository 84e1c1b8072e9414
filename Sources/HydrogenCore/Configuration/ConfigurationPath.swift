/// Writes the concrete paths of keys: `Databases.Connections[0].Port`.
enum ConfigurationPath {
    /// What stands for the path of the outermost object.
    static let root = "(root)"

    /// The path of a key in the object at `parent`, which is empty for the outermost one.
    static func member(_ key: String, of parent: String) -> String {
        guard isPlain(key) else { return "\(parent)[\(key.excerpt())]" }
        return parent.isEmpty ? key : "\(parent).\(key)"
    }

    /// The path of an element in the array at `parent`.
    static func element(_ index: Int, of parent: String) -> String { "\(parent)[\(index)]" }

    /// Whether a key is a note of the operator, which nothing reads.
    static func isExtension(_ key: String) -> Bool { key.hasPrefix("x-") }

    /// Whether a key reads well between dots.
    private static func isPlain(_ key: String) -> Bool {
        (1...64).contains(key.utf8.count)
            && key.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_" || $0 == "-"
            }
    }
}
