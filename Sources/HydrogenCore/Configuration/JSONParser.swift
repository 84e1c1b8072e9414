/// Reads JSON texts and remembers where everything stands.
///
/// Duplicate names, byte order marks, invalid UTF-8, lone surrogate escapes and whatever else RFC 8259 does not allow
/// are refused with a location. The time is linear in the length of the text.
public struct JSONParser: Sendable {
    /// How much is accepted beyond or short of RFC 8259.
    public struct Options: Sendable, Hashable {
        /// RFC 8259 to the letter: for HTTP bodies and replies of AI endpoints.
        public static let strict = Options(isLenient: false)
        /// For configuration: `//` and `/* */` comments and trailing commas are accepted, `\u0000` is not.
        public static let configuration = Options(isLenient: true)

        /// How many arrays and objects may stand inside each other, at most 512; default 64.
        public var maximumDepth = 64
        /// The longest text accepted, in bytes; default 16 MiB.
        public var maximumBytes = 16 * 1_048_576

        /// Whether comments and trailing commas are accepted.
        let isLenient: Bool
        /// Whether a name may stand twice in an object, for a caller who reports that with better words.
        var acceptsDuplicateNames = false

        private init(isLenient: Bool) {
            self.isLenient = isLenient
        }
    }

    /// What is accepted.
    public let options: Options

    /// A parser that accepts what `options` say.
    public init(options: Options) {
        self.options = options
    }

    /// Reads one JSON text.
    ///
    /// - Throws: ``JSONFault``, the first thing that is wrong.
    public func parse(_ bytes: some Collection<UInt8>) throws(JSONFault) -> JSONNode {
        let result =
            bytes.withContiguousStorageIfAvailable { parsed($0) }
            ?? Array(bytes).withUnsafeBufferPointer { parsed($0) }
        return try result.get()
    }

    private func parsed(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<JSONNode, JSONFault> {
        var builder = JSONTreeBuilder(bytes, options: options)
        do throws(JSONProblem) {
            return .success(try builder.tree())
        } catch {
            return .failure(JSONFault(error, in: bytes))
        }
    }

    /// Whether the bytes are one JSON text of RFC 8259, at most 512 levels deep.
    ///
    /// Names may stand twice. Allocates nothing: it is there to pass JSON columns through unread.
    public static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var checker = JSONChecker(lexer: JSONLexer(bytes, isLenient: false))
        do throws(JSONProblem) {
            try checker.check()
            return true
        } catch {
            return false
        }
    }
}
