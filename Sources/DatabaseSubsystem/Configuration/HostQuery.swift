import HydrogenCore

/// A query of another database, the host, whose rows are the queries of this one.
package struct HostQuery: Sendable, Hashable {
    /// The name of the host's connection.
    package let host: String
    /// The host's query.
    package let id: QueryID
    /// What is bound to the query's parameters.
    package let parameters: ProvidedParameters

    /// Reads what a `Bootstrap` says of its host.
    ///
    /// - `Host`: required, the `Name` of another connection.
    /// - `QueryID`: required, 0 or more.
    /// - `Params`: by name texts, numbers and booleans as a URL would write them, null, or groups of JSON values under the
    ///   names of types. Default: none.
    init(_ reader: ConfigurationReader) {
        host = reader.required("Host", .string(length: 1...64), placeholder: "")
        id = QueryID(reader.required("QueryID", .integer(0...9_007_199_254_740_991), placeholder: 0))
        var parameters = ProvidedParameters()
        for (name, value) in reader.dictionary("Params", Self.value).sorted(by: { $0.key < $1.key }) {
            do throws(ParameterFault) {
                try parameters.add(configured: value, named: name)
            } catch {
                reader.fault("Params", expected: "parameters as a call would give them", got: error.message)
            }
        }
        self.parameters = parameters
    }

    private static let value = ValueKind<JSONValue>.json.map(
        expected: "text, number, boolean or null, or an object of these that is named after a type",
        show: \.jsonText
    ) { value in
        switch value {
        case .null, .boolean, .number, .string: value
        case .array: nil
        case .object(let members): members.allSatisfy { $0.node.value.isScalar } ? value : nil
        }
    }
}

extension JSONValue {
    fileprivate var isScalar: Bool {
        switch self {
        case .null, .boolean, .number, .string: true
        case .array, .object: false
        }
    }
}
