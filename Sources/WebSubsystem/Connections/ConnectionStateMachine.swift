/// Which request of one connection is being answered, by whom, and what follows.
///
/// Decides; does nothing itself.
///
/// One request is answered at a time: while ``holdsInput``, its owner keeps what the client sends ahead, so that
/// answers keep the order of requests.
struct ConnectionStateMachine {
    /// Who answers a request.
    enum Destination: Sendable, Hashable {
        /// The fast lane, here on the event loop.
        case lane
        /// Hummingbird's routes.
        case route
    }

    /// One request and its response.
    struct Exchange: Sendable, Hashable {
        let destination: Destination
        /// Whether client and protocol allow another request after this one.
        var keepsAlive: Bool
        /// Whether the request's end has been read.
        var requestEnded = false
        /// Whether the response's head has been written.
        var responseBegan = false
        /// Whether the response's end has been written.
        var responseEnded = false
        /// How much of the body has been read.
        var bodyBytes = 0
    }

    /// Where the connection stands.
    enum State: Sendable, Hashable {
        /// Waits for a head. Goes to `exchanging`, `lingering` or `closed`.
        case idle
        /// A request is being answered. Goes to `idle`, `lingering` or `closed`.
        case exchanging(Exchange)
        /// The last response has been written before its request was read to the end: what still comes is discarded, so
        /// that the client is not reset before it has read the response. Goes to `closed`.
        case lingering
        /// Nothing more is read or written. The last state.
        case closed
    }

    /// What to do with a part of a request.
    enum ReadAction: Sendable, Hashable {
        /// A new request: decide who answers it, then call `begin` or `refuse`.
        case decide
        /// Give it to Hummingbird.
        case forward
        /// Give it to Hummingbird; then go on with what is held.
        case forwardAndContinue
        /// Keep it: the lane answers the request.
        case collect
        /// The lane's request is complete: answer it.
        case answer
        /// The body is larger than the limit: refuse the request.
        case refuseTooLarge
        case discard
    }

    /// What follows a response.
    enum NextAction: Sendable, Hashable {
        /// The rest of the request is still to be read.
        case readOn
        /// The next request may be answered.
        case proceed
        case close
        /// Close the output, and discard the input until the client closes.
        case linger
    }

    /// What to do when the client has closed its side.
    enum LeaveAction: Sendable, Hashable {
        /// Nothing is being answered: Hummingbird may end.
        case forward
        /// Take the lane's query back, and close.
        case abandonQuery
        /// Tell the route, and Hummingbird.
        case tellRoute
        case close
        case none
    }

    private(set) var state = State.idle
    /// Whether the connection closes after the present response.
    private(set) var isQuiescing = false

    // MARK: Reading

    /// Whether what comes now was sent ahead, and must wait until the present request has been answered.
    var holdsInput: Bool {
        if case .exchanging(let exchange) = state { exchange.requestEnded } else { false }
    }

    /// A head has come.
    mutating func readHead() -> ReadAction {
        switch state {
        case .idle: return .decide
        case .exchanging: preconditionFailure("a request was read while another one was being answered")
        case .lingering, .closed: return .discard
        }
    }

    /// A part of `count` bytes has come, of a body that may have `limit`.
    mutating func readBody(_ count: Int, limit: Int) -> ReadAction {
        guard case .exchanging(var exchange) = state else { return .discard }
        exchange.bodyBytes += count
        state = .exchanging(exchange)
        if exchange.bodyBytes > limit { return .refuseTooLarge }
        return exchange.destination == .route ? .forward : .collect
    }

    /// The end of a request has come.
    mutating func readEnd() -> ReadAction {
        guard case .exchanging(var exchange) = state else { return .discard }
        exchange.requestEnded = true
        state = .exchanging(exchange)
        switch exchange.destination {
        case .lane: return .answer
        case .route:
            guard exchange.responseEnded else { return .forward }
            state = .idle
            return .forwardAndContinue
        }
    }

    /// Takes the request whose head was read.
    mutating func begin(_ destination: Destination, keepsAlive: Bool) {
        guard state == .idle else { preconditionFailure("a request began before the one before it had ended") }
        state = .exchanging(Exchange(destination: destination, keepsAlive: keepsAlive && !isQuiescing))
    }

    // MARK: Writing

    /// A response's head is about to be written.
    ///
    /// - Parameter closes: Whether the response itself says that it is the last.
    /// - Returns: Whether the connection stays open after it; `nil` when the response must not be written any more.
    mutating func beginResponse(closes: Bool = false) -> Bool? {
        guard case .exchanging(var exchange) = state, !exchange.responseBegan else { return nil }
        exchange.responseBegan = true
        exchange.keepsAlive = exchange.keepsAlive && !closes && !isQuiescing
        state = .exchanging(exchange)
        return exchange.keepsAlive
    }

    /// Whether a part of a response's body may still be written.
    var mayWriteBody: Bool {
        if case .exchanging(let exchange) = state { exchange.responseBegan && !exchange.responseEnded } else { false }
    }

    /// A response's end is about to be written; `nil` when it must not be any more.
    mutating func endResponse() -> NextAction? {
        guard case .exchanging(var exchange) = state, mayWriteBody else { return nil }
        exchange.responseEnded = true
        state = .exchanging(exchange)
        guard exchange.keepsAlive, !isQuiescing else {
            state = exchange.requestEnded ? .closed : .lingering
            return exchange.requestEnded ? .close : .linger
        }
        guard exchange.requestEnded else { return .readOn }
        state = .idle
        return .proceed
    }

    /// The request is answered here, in the place of whoever should have, and the connection ends.
    ///
    /// - Returns: What follows the response; `nil` when another response has begun: close at once.
    mutating func refuse() -> NextAction? {
        switch state {
        case .idle:
            state = .lingering
            return .linger
        case .exchanging(let exchange) where !exchange.responseBegan:
            state = exchange.requestEnded ? .closed : .lingering
            return exchange.requestEnded ? .close : .linger
        case .exchanging, .lingering, .closed:
            state = .closed
            return nil
        }
    }

    // MARK: The end

    /// The connection is to close as soon as it is idle.
    ///
    /// Returns whether it is.
    mutating func quiesce() -> Bool {
        isQuiescing = true
        switch state {
        case .idle:
            state = .closed
            return true
        case .exchanging, .lingering, .closed:
            return false
        }
    }

    /// What follows the present request cannot be read. Returns whether that one is complete and still to be answered: then the
    /// connection closes after its answer.
    mutating func endAfterPresent() -> Bool {
        guard case .exchanging(let exchange) = state, exchange.requestEnded, !exchange.responseEnded else {
            return false
        }
        isQuiescing = true
        return true
    }

    /// The client has closed its side of the connection, or all of it.
    mutating func clientLeft() -> LeaveAction {
        switch state {
        case .idle:
            return .forward
        case .exchanging(let exchange):
            switch exchange.destination {
            case .lane:
                state = .closed
                return .abandonQuery
            case .route:
                isQuiescing = true
                return .tellRoute
            }
        case .lingering:
            state = .closed
            return .close
        case .closed:
            return .none
        }
    }

    /// Nothing more is read or written.
    mutating func close() {
        state = .closed
    }
}
