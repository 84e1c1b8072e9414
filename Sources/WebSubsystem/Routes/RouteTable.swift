/// What is to be found at each path, whatever the method: made once a launch, asked for every request.
///
/// It decides as Hummingbird's router does: slashes that follow each other count as one, those at the end not at all, and a segment
/// that is spelled out goes before one that varies.
struct RouteTable: Sendable {
    /// What is to be found at the paths of one template.
    struct Match: Sendable, Hashable {
        /// The path, with `:name` for what varies.
        let template: String
        /// The methods of all endpoints there, in alphabetical order.
        fileprivate(set) var methods: [String]
        /// Who answers.
        let family: Endpoint.Family
    }

    /// A place in the tree of templates: each segment of a path leads one place on.
    private struct Node {
        /// How the segment that leads here is spelled; `nil` for one that varies.
        let spelling: [UInt8]?
        /// The first of the places that the next segment leads to; those that are spelled out come first.
        var firstChild: Int?
        /// The next place that the same segment could lead to.
        var sibling: Int?
        /// What the templates that end here have.
        var match: Int?
    }

    private static let slash = UInt8(ascii: "/")

    private var nodes = [Node(spelling: nil)]
    private var matches: [Match] = []

    /// A table of endpoints, of which several may have one template.
    init(_ endpoints: [Endpoint]) {
        for endpoint in endpoints { add(endpoint) }
    }

    /// What is to be found at a path; `nil` when no endpoint has it.
    func match(_ target: RequestTarget) -> Match? {
        let path = target.path.utf8.span
        return match(path, from: 0, at: 0).map { matches[$0] }
    }

    private func match(_ path: Span<UInt8>, from start: Int, at node: Int) -> Int? {
        var start = start
        while start < path.count, path[start] == Self.slash { start += 1 }
        guard start < path.count else { return nodes[node].match }
        var end = start
        while end < path.count, path[end] != Self.slash { end += 1 }
        let segment = path.extracting(start..<end)
        var child = nodes[node].firstChild
        while let place = child {
            if leads(segment, to: place), let found = match(path, from: end, at: place) { return found }
            child = nodes[place].sibling
        }
        return nil
    }

    private func leads(_ segment: Span<UInt8>, to node: Int) -> Bool {
        guard let spelling = nodes[node].spelling else { return true }
        guard spelling.count == segment.count else { return false }
        for index in spelling.indices where spelling[index] != segment[index] { return false }
        return true
    }

    // MARK: Making

    private mutating func add(_ endpoint: Endpoint) {
        var methods = Set(endpoint.methods)
        if case .messageQueue(let sharing) = endpoint.family, sharing.isOn { methods.insert("OPTIONS") }
        let segments = endpoint.template.split(separator: "/")
        let node = node(at: segments[...])
        if let known = nodes[node].match {
            matches[known].methods = methods.union(matches[known].methods).sorted()
            return
        }
        nodes[node].match = matches.count
        // The parameters of a query's path may be left out.
        if segments.last == ":params" { nodes[self.node(at: segments.dropLast())].match = matches.count }
        matches.append(Match(template: endpoint.template, methods: methods.sorted(), family: endpoint.family))
    }

    /// The place that segments of a template lead to, made if need be.
    private mutating func node(at segments: ArraySlice<Substring>) -> Int {
        var node = 0
        for segment in segments {
            let spelling = segment.first == ":" ? nil : Array(segment.utf8)
            node = child(of: node, spelled: spelling) ?? addChild(to: node, spelled: spelling)
        }
        return node
    }

    private func child(of node: Int, spelled spelling: [UInt8]?) -> Int? {
        var child = nodes[node].firstChild
        while let place = child, nodes[place].spelling != spelling { child = nodes[place].sibling }
        return child
    }

    private mutating func addChild(to node: Int, spelled spelling: [UInt8]?) -> Int {
        let new = nodes.count
        nodes.append(Node(spelling: spelling))
        var last = nodes[node].firstChild
        while let place = last, let next = nodes[place].sibling { last = next }
        if spelling == nil, let last {
            nodes[last].sibling = new
        } else {
            nodes[new].sibling = nodes[node].firstChild
            nodes[node].firstChild = new
        }
        return new
    }
}
