import HydrogenCore
import NIOCore

/// The parameters that ask for what follows a truncated result.
package struct NextPage: Sendable, Hashable {
    /// One parameter with the value to send.
    struct Parameter: Sendable, Hashable {
        let name: String
        let value: JSONValue
    }

    /// The parameters in the order of the rule.
    let parameters: [Parameter]

    /// A JSON object: `{"after":42}`.
    package var json: String {
        "{" + parameters.map { "\($0.name.jsonQuoted):\($0.value.jsonText)" }.joined(separator: ",") + "}"
    }
}

extension PreparedQuery {
    /// How to ask for what follows; `nil` when nothing does, when the template does not say it, and when a value in the last row is
    /// NULL, which comes after nothing.
    ///
    /// - Parameter values: What the call had bound.
    package func nextPage(after rows: QueryRows, of values: [ParameterValue]) -> NextPage? {
        guard rows.isTruncated, let page = template.page else { return nil }
        let cursor = rows.cursor.flatMap { try? JSONParser(options: .strict).parse($0.readableBytesView).value }
        var parameters: [NextPage.Parameter] = []
        for step in page.steps {
            guard let index = template.bindings.firstIndex(where: { $0.name == step.parameter }) else { return nil }
            let value: JSONValue?
            switch step.source {
            case .column:
                value = cursor?[step.parameter].flatMap { Self.sendable($0.value, template.bindings[index].type) }
            case .rowCount: value = Self.sum(values[index], rows.rowCount)
            }
            guard let value else { return nil }
            parameters.append(NextPage.Parameter(name: step.parameter, value: value))
        }
        return NextPage(parameters: parameters)
    }

    /// A value as a parameter of a type takes it: the text of a number for one that takes text.
    private static func sendable(_ value: JSONValue, _ type: ParameterType) -> JSONValue? {
        guard value != .null else { return nil }
        if ProvidedValue.json(value, group: nil).value(as: type) != nil { return value }
        let text = JSONValue.string(value.jsonText)
        return ProvidedValue.json(text, group: nil).value(as: type) == nil ? nil : text
    }

    private static func sum(_ value: ParameterValue, _ rowCount: Int) -> JSONValue? {
        var start: Int64 = 0
        if case .integer(let number) = value.content { start = number }
        let (sum, isTooLarge) = start.addingReportingOverflow(Int64(rowCount))
        return isTooLarge ? nil : .number(String(sum))
    }
}

extension ProvidedParameters {
    /// The same parameters as a query string, but for those of a page; `nil` when one has no form in a URL.
    package func queryString(for page: NextPage) -> String? {
        let kept = entries.filter { entry in !page.parameters.contains { $0.name == entry.name } }
        let pairs =
            kept.map { ($0.name, $0.value.urlText) }
            + page.parameters.map { ($0.name, ProvidedValue.urlText($0.value)) }
        var parts: [String] = []
        for (name, text) in pairs {
            guard let text else { return nil }
            parts.append("\(Self.encoded(name))=\(Self.encoded(text))")
        }
        return parts.joined(separator: "&")
    }

    /// Source: RFC 3986, section 2.3: everything but unreserved characters is encoded.
    private static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            if byte.isNameStart || byte.isASCIIDigit || "-.~".utf8.contains(byte) {
                encoded.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += byte < 16 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }
}

extension ProvidedValue {
    /// The value as a URL has it; `nil` for NULL, which has no form there.
    fileprivate var urlText: String? {
        switch self {
        case .text(let text): text
        case .json(let value, _): Self.urlText(value)
        }
    }

    fileprivate static func urlText(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .number, .boolean: value.jsonText
        case .null, .array, .object: nil
        }
    }
}
