import FoundationEssentials
import NIOCore

extension Answer {
    /// A response whose body is a value as JSON: names in snake case and sorted, so that equal values have equal bytes.
    init(status: Int = 200, encoding value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.init(status: status, ByteBuffer(bytes: try encoder.encode(value)))
    }
}
