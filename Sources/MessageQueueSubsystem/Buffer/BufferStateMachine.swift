/// Decides whether pushes go to the database or into files, and when what waits in files is delivered. Pure.
///
/// While a message waits in a file, or is being written into one, every push goes into a file behind it: so one that was answered
/// earlier is never stored later. The way back to the database opens at the moment at which nothing waits, and no other. That this
/// moment comes however many push, pushes wait a little before they go behind what is being delivered; and when only a few messages
/// are left, they wait until these are stored.
struct BufferStateMachine: Sendable {
    /// Where pushes go.
    enum State: Sendable, Hashable {
        /// To the database. Nothing waits. Goes to `buffering`, `landed`.
        case live
        /// Into files, and nothing is delivered; why. Goes to `draining`, `live`, `landed`.
        case buffering(Reason)
        /// Into files, behind what is being delivered, not too fast. Goes to `handingOver`, `live`, `buffering`, `landed`.
        case draining
        /// Nowhere yet: the last messages are being delivered. Goes to `live`, `buffering`, `landed`.
        case handingOver
        /// No push is taken. The last state.
        case landed
    }

    /// Why nothing is delivered.
    enum Reason: Sendable, Hashable {
        /// The database has not served yet, or does not at present; what it says.
        case outage(String)
        /// An operator wants it so.
        case maintenance
    }

    /// Where a push goes.
    enum Way: Sendable, Hashable {
        case database
        /// Into a file; say what became of it by ``written(_:)`` or ``notWritten(_:)``.
        case file
        /// It is to ask again when something was delivered or the state has changed, or after a while.
        case later
        case nowhere
    }

    /// What a push has behind it that asks for its way.
    enum Patience: Sendable, Hashable {
        /// It has just come.
        case fresh
        /// It has waited, and can wait a little more.
        case waited
        /// It is to be answered.
        case exhausted
    }

    /// What is to be done about what waits.
    enum Step: Sendable, Hashable {
        /// Nothing, until the state changes.
        case rest
        /// Look, after a while, whether the database serves.
        case probe
        /// Deliver some.
        case deliver
        /// Nothing any more.
        case end
    }

    /// Where pushes go.
    private(set) var state: State
    /// Messages in files.
    private(set) var waiting: Int
    /// Messages that are being written into files.
    private(set) var writing = 0
    /// Messages delivered since the files were empty.
    private(set) var delivered = 0
    /// So many messages are the last ones.
    private let few: Int

    /// The machine of a launch.
    ///
    /// - Parameters:
    ///   - waiting: The messages that an earlier launch has left.
    ///   - few: For so many messages pushes wait.
    init(waiting: Int, few: Int = 1000) {
        self.waiting = waiting
        self.few = few
        state = .buffering(.outage("the message queue waits for its database"))
    }

    /// What is to be done about what waits.
    var step: Step {
        switch state {
        case .live, .buffering(.maintenance): .rest
        case .buffering(.outage): .probe
        // What is being written will be there soon, and changes the state.
        case .draining, .handingOver: waiting > 0 ? .deliver : .rest
        case .landed: .end
        }
    }

    // MARK: Pushes

    /// A push of so many messages asks where it goes.
    mutating func admit(_ count: Int, _ patience: Patience) -> Way {
        switch (state, patience) {
        case (.live, _): return .database
        case (.draining, .fresh), (.handingOver, .fresh), (.handingOver, .waited): return .later
        case (.buffering, _), (.draining, _), (.handingOver, .exhausted):
            writing += count
            return .file
        case (.landed, _): return .nowhere
        }
    }

    /// The database did not take a push, for no fault of the push.
    mutating func divert(_ count: Int, because reason: String) -> Way {
        switch state {
        case .live: state = .buffering(.outage(reason))
        // One that had been on its way when the state changed.
        case .buffering, .draining, .handingOver: break
        case .landed: return .nowhere
        }
        writing += count
        return .file
    }

    /// Messages are in a file.
    mutating func written(_ count: Int) {
        writing -= count
        waiting += count
    }

    /// Messages are in no file: their caller is told so.
    mutating func notWritten(_ count: Int) {
        writing -= count
        settle()
    }

    // MARK: Delivery

    /// The database serves.
    mutating func served() {
        guard case .buffering(.outage) = state else { return }
        state = .draining
        settle()
    }

    /// The database does not take what is being delivered.
    mutating func failed(_ reason: String) {
        switch state {
        case .live, .draining, .handingOver, .buffering(.outage): state = .buffering(.outage(reason))
        case .buffering(.maintenance), .landed: break
        }
    }

    /// Messages were delivered.
    ///
    /// - Parameter left: How many wait still.
    mutating func deliver(_ count: Int, left: Int) {
        delivered += count
        waiting = left
        settle()
    }

    /// Goes live once there is nothing that a push could overtake; holds pushes back shortly before.
    private mutating func settle() {
        switch state {
        case .draining, .handingOver:
            if waiting == 0, writing == 0 { state = .live } else if waiting <= few { state = .handingOver }
        case .live, .buffering, .landed: break
        }
    }

    /// Forgets how many were delivered, as somebody was told. Returns how many.
    mutating func takeDelivered() -> Int {
        defer { delivered = 0 }
        return delivered
    }

    // MARK: Operators

    /// An operator switches maintenance on or off, or it was so before.
    mutating func setMaintenance(_ isOn: Bool) {
        switch (state, isOn) {
        case (.landed, _), (.buffering(.maintenance), true), (.live, false), (.draining, false), (.handingOver, false),
            (.buffering(.outage), false):
            break
        case (.live, true), (.draining, true), (.handingOver, true), (.buffering(.outage), true):
            state = .buffering(.maintenance)
        case (.buffering(.maintenance), false):
            state = .draining
            settle()
        }
    }

    /// No push is taken any more.
    mutating func land() { state = .landed }
}
