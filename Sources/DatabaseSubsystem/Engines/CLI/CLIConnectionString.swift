import HydrogenCore

/// The `KEYWORD=value;…` pairs by which a connection is asked for. Keywords are the same in any letters.
struct CLIConnectionString: Hashable, Sendable {
    /// One pair.
    struct Pair: Hashable, Sendable {
        let keyword: String
        let value: String
    }

    /// How values are written that have a semicolon in them.
    enum Quoting: Sendable {
        /// In braces, a closing brace doubled. Source: ODBC API reference, SQLDriverConnect.
        case braces
        /// Not at all: IBM's client library has no such form.
        case none
    }

    /// Why a text is no connection string. Never quotes it: any part may be of a password.
    enum Fault: Error, Hashable {
        /// The pair of this number, from 1, has no `=`, or nothing before it.
        case noKeyword(pair: Int)
        /// A brace is not closed, or something follows the closing one.
        case brace(pair: Int)
    }

    private(set) var pairs: [Pair] = []

    /// No pairs.
    init() {}

    /// Reads a text. Of a keyword that stands twice the first counts, as drivers have it.
    init(_ text: String, _ quoting: Quoting) throws(Fault) {
        var rest = Substring(text).unicodeScalars
        var number = 0
        while true {
            rest = rest.drop { $0 == ";" || $0.properties.isWhitespace }
            guard !rest.isEmpty else { return }
            number += 1
            guard let sign = rest.firstIndex(of: "=") else { throw .noKeyword(pair: number) }
            let keyword = String(Substring(rest[..<sign])).trimmingSQLSpace
            guard !keyword.isEmpty, !keyword.contains(";") else { throw .noKeyword(pair: number) }
            rest = rest[rest.index(after: sign)...]
            let value: String
            if quoting == .braces, rest.first == "{" {
                guard let found = Self.takeBraced(&rest) else { throw .brace(pair: number) }
                value = found
            } else {
                let end = rest.firstIndex(of: ";") ?? rest.endIndex
                value = String(Substring(rest[..<end])).trimmingSQLSpace
                rest = rest[end...]
            }
            if self[keyword] == nil { pairs.append(Pair(keyword: keyword, value: value)) }
        }
    }

    private static func takeBraced(_ rest: inout Substring.UnicodeScalarView) -> String? {
        var value = String.UnicodeScalarView()
        rest.removeFirst()
        while let scalar = rest.popFirst() {
            guard scalar == "}" else {
                value.append(scalar)
                continue
            }
            if rest.first == "}" {
                value.append("}")
                rest.removeFirst()
                continue
            }
            rest = rest.drop { $0 == " " }
            return rest.isEmpty || rest.first == ";" ? String(value) : nil
        }
        return nil
    }

    /// The value of a keyword; set to `nil`, the pair goes.
    subscript(keyword: String) -> String? {
        get { pairs.first { $0.keyword.lowercased() == keyword.lowercased() }?.value }
        set {
            let place = pairs.firstIndex { $0.keyword.lowercased() == keyword.lowercased() }
            switch (place, newValue) {
            case (let place?, let value?): pairs[place] = Pair(keyword: pairs[place].keyword, value: value)
            case (let place?, nil): pairs.remove(at: place)
            case (nil, let value?): pairs.append(Pair(keyword: keyword, value: value))
            case (nil, nil): break
            }
        }
    }

    /// The keywords whose values cannot be written.
    func unwritable(_ quoting: Quoting) -> [String] {
        pairs.filter { pair in
            let isPlain = !pair.value.unicodeScalars.contains { $0 == ";" || $0 == "\0" }
            switch quoting {
            case .braces: return pair.value.unicodeScalars.contains("\0")
            case .none: return !isPlain || pair.value != pair.value.trimmingSQLSpace
            }
        }.map(\.keyword)
    }

    /// The text for the library. A secret, as it may hold a password.
    func text(_ quoting: Quoting) -> Secret {
        Secret(pairs.map { "\($0.keyword)=\(Self.written($0, quoting));" }.joined())
    }

    /// A driver's name is always in braces, by custom; other values where they have to be.
    private static func written(_ pair: Pair, _ quoting: Quoting) -> String {
        guard quoting == .braces else { return pair.value }
        let needsBraces =
            pair.value.unicodeScalars.contains { "[]{}(),;?*=!@".unicodeScalars.contains($0) }
            || pair.value != pair.value.trimmingSQLSpace || pair.keyword.lowercased() == "driver"
        guard needsBraces, !(pair.keyword.lowercased() == "driver" && pair.value.hasPrefix("/")) else {
            return pair.value
        }
        return "{" + pair.value.unicodeScalars.map { $0 == "}" ? "}}" : String($0) }.joined() + "}"
    }
}

extension CLIConnectionString {
    /// Reads a URL: `db2://user:password@host:50000/database?Keyword=value&…`.
    ///
    /// - Returns: `nil` for a text that is none. The parts are percent-decoded.
    init?(url text: String) {
        guard let scheme = text.firstRange(of: "://"), text[..<scheme.lowerBound].lowercased() == "db2" else {
            return nil
        }
        var rest = text[scheme.upperBound...]
        var options: Substring?
        if let mark = rest.firstIndex(of: "?") {
            options = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        }
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        var authority = rest[..<slash]
        guard let database = Self.decoded(rest[rest.index(after: slash)...]), !database.isEmpty else { return nil }
        self.init()
        self["DATABASE"] = database
        if let at = authority.lastIndex(of: "@") {
            let login = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            authority = authority[authority.index(after: at)...]
            for (keyword, part) in zip(["UID", "PWD"], login) {
                guard let value = Self.decoded(part) else { return nil }
                self[keyword] = value
            }
        }
        guard readHost(authority), options.map({ readOptions($0) }) ?? true else { return nil }
    }

    private mutating func readHost(_ authority: Substring) -> Bool {
        var host = authority
        let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[bracket...].lastIndex(of: ":") {
            guard let port = UInt16(authority[authority.index(after: colon)...]), port > 0 else { return false }
            self["PORT"] = String(port)
            host = authority[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard let name = Self.decoded(host), !name.isEmpty else { return false }
        self["HOSTNAME"] = name
        return true
    }

    private mutating func readOptions(_ text: Substring) -> Bool {
        for option in text.split(separator: "&") {
            let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let keyword = Self.decoded(parts[0]), let value = Self.decoded(parts[1]),
                !keyword.isEmpty
            else { return false }
            if self[keyword] == nil { self[keyword] = value }
        }
        return true
    }

    private static func decoded(_ part: Substring) -> String? {
        let bytes = Array(part.utf8)
        return PercentDecoding.text(bytes.span, plusIsSpace: false)
    }
}
