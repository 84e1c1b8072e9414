import Logging
import Testing

@testable import HydrogenCore

@Suite("Log fields")
struct LogFieldsTests {
    @Test("Later sources win: logger, provider, call, error")
    func precedence() {
        let provider = Logger.MetadataProvider { ["b": "provider", "c": "provider"] }
        let fields = LogFields(
            logger: ["a": "logger", "b": "logger", "error": "logger"],
            provider: provider,
            call: ["c": "call"],
            error: Broken()
        )
        #expect(fields.texts == ["a": "logger", "b": "provider", "c": "call", "error": "broken pump"])
    }

    @Test("Nested metadata becomes dotted keys, arrays become one text")
    func nested() {
        let fields = LogFields(
            logger: [
                "db": ["name": "Acuranzo", "pool": ["size": .stringConvertible(4)]],
                "ids": [.stringConvertible(1), "two", ["k": "v"]],
            ],
            provider: nil,
            call: nil,
            error: nil
        )
        #expect(fields.texts == ["db.name": "Acuranzo", "db.pool.size": "4", "ids": "[1, two, {k: v}]"])
    }

    @Test("The label is taken out once")
    func subsystem() {
        var fields = LogFields(logger: ["subsystem": "Database", "a": "1"], provider: nil, call: nil, error: nil)
        #expect(fields.takeSubsystem() == "Database")
        #expect(fields.texts == ["a": "1"])
        #expect(fields.takeSubsystem() == nil)
    }

    private struct Broken: Error, CustomStringConvertible {
        let description = "broken pump"
    }
}
