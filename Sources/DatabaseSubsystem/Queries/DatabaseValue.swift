/// One value of a result, as an engine gives it to Hydrogen's own queries: bootstraps, the history of migrations,
/// checks.
package enum DatabaseValue: Sendable, Hashable {
    /// SQL NULL.
    case null
    /// A whole number.
    case integer(Int64)
    /// A binary floating point number.
    case float(Double)
    /// A boolean of an engine that has them.
    case boolean(Bool)
    /// Text, and whatever has no case of its own: decimals, dates, JSON.
    case text(String)
    /// Bytes.
    case blob([UInt8])
}

extension DatabaseValue {
    /// What messages call the value; never its content.
    var kindName: String {
        switch self {
        case .null: "NULL"
        case .integer: "integer"
        case .float: "float"
        case .boolean: "boolean"
        case .text: "text"
        case .blob: "binary"
        }
    }

    /// The whole number that the value is or spells; engines without integers send decimals as text.
    var wholeNumber: Int64? {
        switch self {
        case .integer(let number): number
        case .float(let number): Int64(exactly: number)
        case .text(let text): Int64(text.trimmingSQLSpace)
        case .null, .boolean, .blob: nil
        }
    }

    /// The value as text without surrounding space; `nil` for NULL, for empty text, and for bytes that are not UTF-8.
    var trimmedText: String? {
        let text: String? =
            switch self {
            case .null: nil
            case .integer(let number): String(number)
            case .float(let number): String(number)
            case .boolean(let flag): String(flag)
            case .text(let text): text
            case .blob(let bytes): String(validating: bytes, as: UTF8.self)
            }
        guard let trimmed = text?.trimmingSQLSpace, !trimmed.isEmpty else { return nil }
        return trimmed
    }
}

extension StringProtocol {
    /// The text without the white space that SQL ignores at both ends.
    var trimmingSQLSpace: String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let tail = utf8.drop(while: isSpace)
        return String(decoding: tail.prefix(tail.count - tail.reversed().prefix(while: isSpace).count), as: UTF8.self)
    }
}
