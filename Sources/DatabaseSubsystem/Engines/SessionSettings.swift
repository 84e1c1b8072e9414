import HydrogenCore

/// The settings of a server's session that queries differ in, and the statement that changes them. Pure.
struct SessionSettings {
    /// What a session is set to.
    struct State: Equatable, Sendable {
        var isReadOnly: Bool
        /// The server's limit for each statement, in seconds; 0 for none.
        var timeLimit: Int
    }

    private let statement: @Sendable (State) -> String
    /// `nil` when nobody knows what holds.
    private var state: State?

    /// - Parameters:
    ///   - state: What a new session is set to; `nil` when that is not known.
    ///   - statement: The SQL that sets a session.
    init(_ state: State?, _ statement: @escaping @Sendable (State) -> String) {
        self.state = state
        self.statement = statement
    }

    /// The statement that brings the session into the state that a query needs; `nil` when it is in it.
    ///
    /// - Parameters:
    ///   - isReadOnly: Whether the server is to refuse writes.
    ///   - left: The time until the query's deadline. The server's own limit is that or more, at a power of two of seconds, so
    ///     that it seldom changes: it only ends what nobody is left to stop.
    mutating func change(isReadOnly: Bool, timeLimit left: Duration) -> String? {
        let seconds = max(1, Int(left.seconds.rounded(.up)))
        let limit = 1 << (Int.bitWidth - (seconds - 1).leadingZeroBitCount)
        return change(to: State(isReadOnly: isReadOnly, timeLimit: limit))
    }

    /// The statement that lets the connection's own work take its time, and write; `nil` when the session is in that state.
    mutating func release() -> String? {
        change(to: State(isReadOnly: false, timeLimit: 0))
    }

    /// A change was sent and did not take place.
    mutating func forget() {
        state = nil
    }

    private mutating func change(to wanted: State) -> String? {
        guard state != wanted else { return nil }
        state = wanted
        return statement(wanted)
    }
}
