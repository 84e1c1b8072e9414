import HydrogenCore
import Testing

@Suite("The dependency graph")
struct DependencyGraphTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let registered: [(SubsystemName, [SubsystemName])]
        let order: [SubsystemName]
        var testDescription: String { order.map(\.rawValue).joined(separator: " ") }
    }

    @Test(
        "Everything comes after what it needs, ties by registration",
        arguments: [
            Case(registered: [], order: []),
            Case(registered: [("A", []), ("B", []), ("C", [])], order: ["A", "B", "C"]),
            Case(
                registered: [("Web", ["Database"]), ("Database", ["Logging"]), ("Logging", [])],
                order: ["Logging", "Database", "Web"]
            ),
            Case(registered: [("C", ["A"]), ("B", ["A"]), ("A", [])], order: ["A", "C", "B"]),
            Case(registered: [("A", []), ("B", ["A"]), ("C", []), ("D", ["C", "B"])], order: ["A", "B", "C", "D"]),
            Case(registered: [("A", ["Nobody"]), ("B", [])], order: ["A", "B"]),
            Case(registered: [("A", []), ("B", ["A", "A"])], order: ["A", "B"]),
        ]
    )
    func order(_ test: Case) throws {
        #expect(try DependencyGraph(test.registered.map { ($0.0, $0.1) }).order == test.order)
    }

    struct Cycle: Sendable, CustomTestStringConvertible {
        let registered: [(SubsystemName, [SubsystemName])]
        let circle: String
        var testDescription: String { circle }
    }

    @Test(
        "A circle is refused and named",
        arguments: [
            Cycle(registered: [("A", ["A"])], circle: "A -> A"),
            Cycle(registered: [("A", ["B"]), ("B", ["A"])], circle: "A -> B -> A"),
            Cycle(
                registered: [("Entry", ["A"]), ("A", ["B"]), ("B", ["C"]), ("C", ["A"])],
                circle: "A -> B -> C -> A"
            ),
            Cycle(registered: [("Free", []), ("A", ["Free", "B"]), ("B", ["Nobody", "A"])], circle: "A -> B -> A"),
        ]
    )
    func cycle(_ test: Cycle) throws {
        let fault = try #require(throws: DependencyCycle.self) {
            try DependencyGraph(test.registered.map { ($0.0, $0.1) })
        }
        #expect(fault.description.contains("in a circle: \(test.circle);"))
    }

    @Test("A dependency that nobody registered is told apart")
    func unknown() throws {
        let graph = try DependencyGraph([("A", ["B", "Nobody"]), ("B", [])])
        #expect(graph.unknownDependencies(of: "A") == ["Nobody"])
        #expect(graph.dependencies(of: "A") == ["B", "Nobody"])
        #expect(graph.dependencies(of: "Nobody").isEmpty)
    }
}
