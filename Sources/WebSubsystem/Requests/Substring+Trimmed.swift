extension Substring {
    /// The text without the blanks before and after it: what HTTP calls optional whitespace (RFC 9110, section 5.6.3).
    var trimmed: Substring {
        var text = drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
