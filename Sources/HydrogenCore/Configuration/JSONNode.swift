/// A JSON value with the place where it begins.
public struct JSONNode: Sendable, Hashable {
    /// The value.
    public let value: JSONValue
    /// Where the value's first character stands.
    public let location: JSONLocation

    /// A value at a place.
    public init(value: JSONValue, location: JSONLocation) {
        self.value = value
        self.location = location
    }
}

/// One `"name": value` of a JSON object.
public struct JSONMember: Sendable, Hashable {
    /// The name with its escapes resolved.
    public let name: String
    /// Where the name's opening quote stands.
    public let nameLocation: JSONLocation
    /// The value.
    public let node: JSONNode

    /// A member of an object.
    public init(name: String, nameLocation: JSONLocation, node: JSONNode) {
        self.name = name
        self.nameLocation = nameLocation
        self.node = node
    }
}
