/// Replaces `${env.NAME}`, `${env.NAME:-default}` and `${file:PATH}` in the texts of a configuration.
///
/// Any other `${…}` inside a longer text stays as it is, since SQL and URLs have their own uses for it; alone it is
/// refused as a slip of the pen.
struct ConfigurationSubstitution: Sendable {
    /// What a value stands on, apart from the configuration file itself.
    enum Source: Sendable, Hashable {
        case environment(String)
        case file(String)
    }

    /// What became of a text.
    enum Outcome: Sendable, Hashable {
        /// It names nothing to replace.
        case unchanged
        /// Replaced; `isWhole` when one reference was the whole text, so that its type follows its contents.
        case replaced(String, isWhole: Bool, sources: [Source])
        /// These variables are unset and have no default: the key counts as absent.
        case unset([String])
        /// A reference is malformed, or its file cannot be read.
        case refused(expected: String, got: String)
    }

    /// One `${…}`, or the text around it.
    private enum Piece {
        case text(Substring)
        case environment(name: Substring, fallback: Substring?)
        case file(Substring)
        case unknown(Substring)
        case malformed(expected: String, got: String)
    }

    let environment: [String: String]
    let files: ConfigurationFiles

    func apply(to text: String) -> Outcome {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return .unchanged }
        let pieces = Self.pieces(of: text)
        var result = Result()
        for piece in pieces { add(piece, to: &result, isAlone: pieces.count == 1) }
        if let refusal = result.refusal { return refusal }
        guard result.unset.isEmpty else { return .unset(result.unset) }
        guard result.hasReference else { return .unchanged }
        return .replaced(result.text, isWhole: pieces.count == 1, sources: result.sources)
    }

    private struct Result {
        var text = ""
        var hasReference = false
        var sources: [Source] = []
        var unset: [String] = []
        var refusal: Outcome?
    }

    private func add(_ piece: Piece, to result: inout Result, isAlone: Bool) {
        switch piece {
        case .text(let text): result.text += text
        case .unknown where isAlone:
            let forms = "${env.NAME}, ${env.NAME:-default} or ${file:PATH}"
            result.refusal = .refused(expected: forms, got: "another form of ${…}")
        case .unknown(let text): result.text += text
        case .malformed(let expected, let got):
            result.refusal = .refused(expected: expected, got: got)
        case .environment(let name, let fallback): addVariable(String(name), fallback: fallback, to: &result)
        case .file(let path): addFile(String(path), to: &result)
        }
    }

    /// As in the POSIX shell, a default also stands for a variable that is set but empty.
    private func addVariable(_ name: String, fallback: Substring?, to result: inout Result) {
        result.hasReference = true
        if let value = environment[name], !value.isEmpty || fallback == nil {
            result.text += value
            result.sources.append(.environment(name))
        } else if let fallback {
            result.text += fallback
        } else {
            result.unset.append(name)
        }
    }

    private func addFile(_ path: String, to result: inout Result) {
        result.hasReference = true
        do throws(ConfigurationFileError) {
            var bytes = try files.read(path)[...]
            if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
            guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
                let expected = "a file of UTF-8 text without NUL bytes"
                result.refusal = .refused(expected: expected, got: files.resolved(path))
                return
            }
            result.text += text
            result.sources.append(.file(files.resolved(path)))
        } catch {
            result.refusal = .refused(expected: "a file that can be read", got: "none: \(error)")
        }
    }
}

// MARK: - Finding references

extension ConfigurationSubstitution {
    private static func pieces(of text: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            if start.lowerBound > rest.startIndex { pieces.append(.text(rest[..<start.lowerBound])) }
            let body = rest[start.upperBound...]
            guard let end = body.firstIndex(of: "}") else {
                pieces.append(unclosed(rest[start.lowerBound...]))
                return pieces
            }
            pieces.append(reference(body[..<end], whole: rest[start.lowerBound...end]))
            rest = rest[body.index(after: end)...]
        }
        if !rest.isEmpty { pieces.append(.text(rest)) }
        return pieces
    }

    private static func unclosed(_ text: Substring) -> Piece {
        guard text.hasPrefix("${env.") || text.hasPrefix("${file:") else { return .text(text) }
        return .malformed(expected: "a '}' after ${", got: "the end of the text")
    }

    private static func reference(_ body: Substring, whole: Substring) -> Piece {
        if body.hasPrefix("file:") {
            let path = body.dropFirst("file:".count)
            return path.isEmpty ? .malformed(expected: "a path after ${file:", got: "none") : .file(path)
        }
        guard body.hasPrefix("env.") else { return .unknown(whole) }
        let variable = body.dropFirst("env.".count)
        let mark = variable.firstRange(of: ":-")
        let name = mark.map { variable[..<$0.lowerBound] } ?? variable
        guard isVariableName(name) else {
            // What stands there is not shown: it may be a secret after a ':' that lacks its '-'.
            let expected = "a variable's name after ${env. (letters, digits, _), then '}' or ':-'"
            return .malformed(expected: expected, got: name.isEmpty ? "none" : "another character")
        }
        return .environment(name: name, fallback: mark.map { variable[$0.upperBound...] })
    }

    /// POSIX.1-2017, XBD 3.235 "Name".
    private static func isVariableName(_ name: Substring) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
            default: false
            }
        }
    }
}
