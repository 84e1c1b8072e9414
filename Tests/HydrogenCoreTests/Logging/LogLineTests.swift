import Foundation
import Testing

@testable import HydrogenCore

@Suite("Log lines")
struct LogLineTests {
    private func line(
        _ message: String,
        level: LogLevel = .state,
        subsystem: String = "Launch",
        metadata: [String: String] = [:]
    ) -> LogLine {
        LogLine(time: .example, level: level, subsystem: subsystem, message: message, metadata: metadata)
    }

    @Test(
        "Level and label are padded to columns; a longer label is not cut",
        arguments: [
            (LogLevel.state, "Launch", "2026-11-21 12:00:00.123Z  [ STATE ]  [ Launch       ]  m"),
            (.info, "MessageQueue", "2026-11-21 12:00:00.123Z  [ INFO  ]  [ MessageQueue ]  m"),
            (.fatal, "DQM-Acuranzo-00-LSMFC", "2026-11-21 12:00:00.123Z  [ FATAL ]  [ DQM-Acuranzo-00-LSMFC ]  m"),
            (.alert, "Zürich", "2026-11-21 12:00:00.123Z  [ ALERT ]  [ Zürich       ]  m"),
        ]
    )
    func frame(level: LogLevel, subsystem: String, expected: String) {
        #expect(line("m", level: level, subsystem: subsystem).rendered(as: .text) == expected)
    }

    @Test("Leading spaces and text beyond ASCII stay as they are")
    func message() {
        let frame = "2026-11-21 12:00:00.123Z  [ STATE ]  [ Launch       ]  "
        #expect(line("  Go:      über · 数据 🚀").rendered(as: .text) == frame + "  Go:      über · 数据 🚀")
        #expect(line("").rendered(as: .text) == frame)
    }

    @Test(
        "Metadata follows by key; what is not one word is quoted",
        arguments: [
            (["b": "2", "a": "1"], "a=1 b=2"),
            (["db.name": "two words"], #"db.name="two words""#),
            (["a": ""], #"a="""#),
            (["a": #"say "hi""#], #"a="say \"hi\"""#),
            (["a": "x=y"], #"a="x=y""#),
            (["a": #"C:\n"#], #"a="C:\\n""#),
            (["a": "x\ny"], #"a="x\ny""#),
            (["a": "x\u{a0}y"], "a=\"x\u{a0}y\""),
            (["odd key": "1"], #""odd key"=1"#),
            (["a": "数据"], "a=数据"),
        ]
    )
    func metadata(metadata: [String: String], expected: String) {
        let rendered = line("m", metadata: metadata).rendered(as: .text)
        #expect(rendered == "2026-11-21 12:00:00.123Z  [ STATE ]  [ Launch       ]  m " + expected)
    }

    @Test("The JSON form has the members of the contract in order, and metadata only when there is any")
    func json() {
        let start = #"{"time":"2026-11-21T12:00:00.123Z","level":"ERROR","subsystem":"Launch","message":"#
        #expect(line("m", level: .error).rendered(as: .json) == start + #""m"}"#)
        let full = line("a \"b\" \\ \u{1b}", level: .error, metadata: ["b": "2", "a": "1\n"])
        #expect(full.rendered(as: .json) == start + #""a \"b\" \\ \u001b","metadata":{"a":"1\n","b":"2"}}"#)
    }

    @Test(
        "Nothing from outside begins a line of its own or drives a terminal",
        arguments: [
            "x\n2026-11-21 12:00:00.123Z  [ STATE ]  [ Launch       ]  READY FOR REQUESTS",
            "x\r\nforged", "x\rforged", "x\u{85}forged", "x\u{2028}forged", "x\u{2029}forged", "x\u{0b}\u{0c}forged",
            "\u{1b}[2J\u{1b}[1;31m", "\u{9b}31m", "\u{202e}desrever", "\u{2066}\u{2069}", "\u{7f}\u{8}\u{8}", "\0",
        ]
    )
    func forged(text: String) throws {
        for hostile in [
            line(text), line("m", subsystem: text), line("m", metadata: ["k": text]), line("m", metadata: [text: "v"]),
        ] {
            for format in LogFormat.allCases {
                let rendered = hostile.rendered(as: format)
                #expect(rendered.unicodeScalars.allSatisfy { !Self.isDangerous($0) }, "\(format): \(rendered)")
                #expect(rendered.hasPrefix(format == .text ? "2026-11-21 12:00:00.123Z  [ STATE ]  [ " : "{"))
            }
        }
    }

    @Test("A value cannot look like another key")
    func forgedKey() {
        let rendered = line("m", metadata: ["user": #"x admin=true" admin=true"#]).rendered(as: .text)
        #expect(rendered.hasSuffix(#"  m user="x admin=true\" admin=true""#))
    }

    @Test("Any text survives the JSON form, and stays on one line in both", arguments: 0..<20)
    func random(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let line = line(generator.text(), subsystem: generator.text(), metadata: [generator.text(): generator.text()])
        #expect(!line.rendered(as: .text).unicodeScalars.contains { Self.isDangerous($0) }, "seed \(seed)")
        let json = try JSONSerialization.jsonObject(with: Data(line.rendered(as: .json).utf8))
        let object = try #require(json as? [String: Any])
        #expect(object["message"] as? String == line.message, "seed \(seed)")
        #expect(object["subsystem"] as? String == line.subsystem, "seed \(seed)")
        #expect(object["metadata"] as? [String: String] == line.metadata, "seed \(seed)")
    }

    private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: scalar.properties.isBidiControl
        }
    }
}

extension SeededGenerator {
    /// A text of up to 60 scalars, half of them below U+0100, where most of the dangerous ones are.
    fileprivate mutating func text() -> String {
        var text = ""
        for _ in 0..<Int.random(in: 1...60, using: &self) {
            let limit: UInt32 = Bool.random(using: &self) ? 0xFF : 0x2_FFFF
            guard let scalar = Unicode.Scalar(UInt32.random(in: 1...limit, using: &self)) else { continue }
            text.unicodeScalars.append(scalar)
        }
        return text
    }
}
