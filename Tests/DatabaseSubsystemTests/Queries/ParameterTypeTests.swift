import Testing

@testable import DatabaseSubsystem

@Suite("Parameter types")
struct ParameterTypeTests {
    @Test("are named by their words, in any letters", arguments: ParameterType.allCases)
    func words(type: ParameterType) {
        #expect(ParameterType(word: type.rawValue) == type)
        #expect(ParameterType(word: type.rawValue.lowercased()) == type)
        #expect(type.rawValue == type.rawValue.uppercased())
    }

    @Test("other words are none", arguments: ["", "INT", "BOOL", "INTEGER ", "VARCHAR"])
    func unknown(word: String) {
        #expect(ParameterType(word: word) == nil)
    }

    @Test("fit themselves, and those that hold all their values")
    func fits() {
        let wider: Set<[ParameterType]> = [
            [.string, .text], [.text, .string], [.integer, .float], [.datetime, .timestamp],
        ]
        for type in ParameterType.allCases {
            for other in ParameterType.allCases {
                #expect(type.fits(other) == (type == other || wider.contains([type, other])), "\(type) \(other)")
            }
        }
    }

    @Test(
        "names of parameters",
        arguments: [
            ("a", true), ("_", true), ("A9_z", true), (String(repeating: "x", count: 63), true),
            (String(repeating: "x", count: 64), false),
            ("", false), ("9a", false), ("a-b", false), ("a b", false), ("ä", false), ("a\0", false), (":a", false),
        ]
    )
    func names(name: String, isValid: Bool) {
        #expect(ParameterDeclaration.isValidName(name) == isValid)
    }
}
