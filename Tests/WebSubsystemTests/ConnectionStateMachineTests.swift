import HydrogenCore
import Testing

@testable import WebSubsystem

@Suite("Connection state machine")
struct ConnectionStateMachineTests {
    private var machine = ConnectionStateMachine()

    /// A machine with a request that is being answered.
    private func exchanging(
        _ destination: ConnectionStateMachine.Destination,
        keepsAlive: Bool = true,
        ended: Bool = true
    ) -> ConnectionStateMachine {
        var machine = ConnectionStateMachine()
        _ = machine.readHead()
        machine.begin(destination, keepsAlive: keepsAlive)
        if ended { _ = machine.readEnd() }
        return machine
    }

    @Test("the lane's request is answered when it is complete, and the next one follows")
    mutating func lane() {
        #expect(machine.readHead() == .decide)
        machine.begin(.lane, keepsAlive: true)
        #expect(machine.readEnd() == .answer)
        #expect(machine.beginResponse() == true)
        #expect(machine.endResponse() == .proceed)
        #expect(machine.state == .idle)
    }

    @Test("a route's request is passed on part by part")
    mutating func route() {
        #expect(machine.readHead() == .decide)
        machine.begin(.route, keepsAlive: true)
        #expect(machine.readBody(10, limit: 20) == .forward)
        #expect(machine.readBody(10, limit: 20) == .forward)
        #expect(machine.readEnd() == .forward)
        #expect(machine.beginResponse() == true)
        #expect(machine.mayWriteBody)
        #expect(machine.endResponse() == .proceed)
    }

    @Test(
        "what is sent ahead waits until the answer is out",
        arguments: [.lane, .route] as [ConnectionStateMachine.Destination]
    )
    func pipelining(destination: ConnectionStateMachine.Destination) {
        var machine = exchanging(destination, ended: false)
        #expect(!machine.holdsInput)
        _ = machine.readEnd()
        #expect(machine.holdsInput)
        _ = machine.beginResponse()
        #expect(machine.holdsInput)
        #expect(machine.endResponse() == .proceed)
        #expect(!machine.holdsInput)
        #expect(machine.readHead() == .decide)
    }

    @Test("a route may answer before it has read the body, and the body is still passed on")
    func earlyResponse() {
        var machine = exchanging(.route, ended: false)
        _ = machine.beginResponse()
        #expect(machine.endResponse() == .readOn)
        #expect(machine.readBody(5, limit: 20) == .forward)
        #expect(machine.readEnd() == .forwardAndContinue)
        #expect(machine.state == .idle)
    }

    @Test("a body beyond the limit is refused once, and the rest is discarded")
    func tooLarge() {
        var machine = exchanging(.route, ended: false)
        #expect(machine.readBody(20, limit: 20) == .forward)
        #expect(machine.readBody(1, limit: 20) == .refuseTooLarge)
        #expect(machine.refuse() == .linger)
        #expect(machine.readBody(1, limit: 20) == .discard)
        #expect(machine.readEnd() == .discard)
        #expect(machine.readHead() == .discard)
        #expect(machine.beginResponse() == nil, "the route's own response comes too late")
        #expect(machine.endResponse() == nil)
    }

    @Test(
        "the connection closes after a response that says so, or whose request does",
        arguments: [(true, true), (false, false), (false, true)]
    )
    func closing(keepsAlive: Bool, closes: Bool) {
        var machine = exchanging(.route, keepsAlive: keepsAlive)
        #expect(machine.beginResponse(closes: closes) == false)
        #expect(machine.endResponse() == .close)
        #expect(machine.state == .closed)
    }

    @Test("a last response that comes before the end of its request makes the connection linger")
    func lingering() {
        var machine = exchanging(.route, keepsAlive: false, ended: false)
        _ = machine.beginResponse()
        #expect(machine.endResponse() == .linger)
        #expect(machine.readBody(1, limit: 1) == .discard)
        #expect(machine.clientLeft() == .close)
    }

    @Test("a refusal takes the place of a response that has not begun")
    func refusal() {
        var idle = ConnectionStateMachine()
        #expect(idle.refuse() == .linger)
        var waiting = exchanging(.lane)
        #expect(waiting.refuse() == .close)
        var answering = exchanging(.route)
        _ = answering.beginResponse()
        #expect(answering.refuse() == nil)
        #expect(answering.state == .closed)
    }

    @Test("a landing closes an idle connection at once, a busy one after its answer")
    func quiescing() {
        var idle = ConnectionStateMachine()
        #expect(idle.quiesce() == true)
        #expect(idle.state == .closed)
        var busy = exchanging(.lane)
        #expect(busy.quiesce() == false)
        #expect(busy.beginResponse() == false)
        #expect(busy.endResponse() == .close)
    }

    @Test("a client that leaves takes its query with it")
    func leaving() {
        var idle = ConnectionStateMachine()
        #expect(idle.clientLeft() == .forward)
        var lane = exchanging(.lane)
        #expect(lane.clientLeft() == .abandonQuery)
        #expect(lane.state == .closed)
        #expect(lane.clientLeft() == .none)
        #expect(lane.beginResponse() == nil)
        var route = exchanging(.route)
        #expect(route.clientLeft() == .tellRoute)
        #expect(route.beginResponse() == false, "the route's response is the last")
    }

    @Test(
        "in a random life the parts of responses are written in their order, and one request is answered at a time",
        arguments: 1...20
    )
    func randomLife(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var machine = ConnectionStateMachine()
        var answering = 0
        for step in 0..<500 {
            let context = Comment(rawValue: "seed \(seed), step \(step), \(machine.state)")
            switch Int.random(in: 0..<9, using: &random) {
            case 0, 1:
                if case .exchanging = machine.state { continue }
                if machine.readHead() == .decide {
                    #expect(answering == 0, context)
                    answering += 1
                    let keepsAlive = Int.random(in: 0..<9, using: &random) > 0
                    machine.begin(Bool.random(using: &random) ? .lane : .route, keepsAlive: keepsAlive)
                }
            case 2: if !machine.holdsInput { _ = machine.readBody(1, limit: 3) }
            case 3: if !machine.holdsInput { _ = machine.readEnd() }
            case 4: _ = machine.beginResponse()
            case 5, 6:
                let mayWrite = machine.mayWriteBody
                if machine.endResponse() != nil {
                    #expect(mayWrite, context)
                    answering -= 1
                }
            case 7: if Int.random(in: 0..<20, using: &random) == 0 { _ = machine.clientLeft() }
            default: if Int.random(in: 0..<20, using: &random) == 0 { _ = machine.quiesce() }
            }
            if machine.state == .closed {
                machine = ConnectionStateMachine()
                answering = 0
            }
        }
    }
}
