import HydrogenCore
import Testing

@testable import MessageQueueSubsystem

@Suite("Where pushes go")
struct BufferStateMachineTests {
    typealias State = BufferStateMachine.State

    private static let away = State.buffering(.outage("away"))

    /// A machine that has come to a state with some messages in files.
    private static func machine(_ state: State, waiting: Int = 0) -> BufferStateMachine {
        var machine = BufferStateMachine(waiting: waiting, few: 2)
        switch state {
        case .live, .draining, .handingOver: machine.served()
        case .buffering(.outage(let reason)): machine.failed(reason)
        case .buffering(.maintenance): machine.setMaintenance(true)
        case .landed: machine.land()
        }
        precondition(machine.state == state)
        return machine
    }

    @Test(
        "a launch keeps pushes until the database serves, then delivers what was left, or goes live",
        arguments: [(0, State.live), (2, .handingOver), (3, .draining)]
    )
    func launch(waiting: Int, expected: State) {
        var machine = BufferStateMachine(waiting: waiting, few: 2)
        #expect(machine.step == .probe)
        #expect(machine.admit(1, .fresh) == .file)
        machine.notWritten(1)
        machine.served()
        #expect(machine.state == expected)
    }

    @Test(
        "where a push goes that has just come, has waited, or is to be answered; and what is done about what waits",
        arguments: [
            (State.live, 0, [BufferStateMachine.Way.database, .database, .database], BufferStateMachine.Step.rest),
            (.draining, 3, [.later, .file, .file], .deliver), (.handingOver, 1, [.later, .later, .file], .deliver),
            (away, 1, [.file, .file, .file], .probe), (away, 0, [.file, .file, .file], .probe),
            (.buffering(.maintenance), 1, [.file, .file, .file], .rest),
            (.landed, 1, [.nowhere, .nowhere, .nowhere], .end),
        ]
    )
    func ways(state: State, waiting: Int, ways: [BufferStateMachine.Way], step: BufferStateMachine.Step) {
        var machine = Self.machine(state, waiting: waiting)
        #expect(machine.step == step)
        let patience: [BufferStateMachine.Patience] = [.fresh, .waited, .exhausted]
        #expect(patience.map { machine.admit(1, $0) } == ways)
        #expect(machine.state == state)
        #expect(machine.writing == ways.count { $0 == .file })
    }

    @Test(
        "a push that the database did not take is kept, and those that come after it too",
        arguments: [
            (State.live, 0, State.buffering(.outage("lost")), BufferStateMachine.Way.file),
            (.draining, 3, .draining, .file),
            (.handingOver, 1, .handingOver, .file), (away, 0, away, .file),
            (.buffering(.maintenance), 0, .buffering(.maintenance), .file),
            (.landed, 0, .landed, .nowhere),
        ]
    )
    func diverted(state: State, waiting: Int, after: State, way: BufferStateMachine.Way) {
        var machine = Self.machine(state, waiting: waiting)
        #expect(machine.divert(2, because: "lost") == way)
        #expect(machine.state == after)
        #expect(machine.writing == (way == .file ? 2 : 0))
    }

    @Test("the way back opens when nothing waits and nothing is being written; shortly before, pushes wait")
    func back() {
        var machine = Self.machine(.draining, waiting: 3)
        #expect(machine.admit(1, .waited) == .file)
        machine.deliver(2, left: 1)
        #expect(machine.state == .handingOver)
        machine.deliver(1, left: 0)
        #expect(machine.state == .handingOver && machine.step == .rest, "one is being written")
        machine.written(1)
        #expect(machine.step == .deliver)
        #expect(machine.admit(5, .waited) == .later)
        #expect(machine.admit(5, .exhausted) == .file)
        machine.deliver(1, left: 0)
        #expect(machine.state == .handingOver)
        machine.notWritten(5)
        #expect(machine.state == .live)
        #expect(machine.takeDelivered() == 4 && machine.takeDelivered() == 0)
        #expect(machine.admit(1, .fresh) == .database)
    }

    @Test(
        "what events change",
        arguments: [
            // State, waiting; then after served, failed, maintenance on, maintenance off.
            (State.live, 0, [State.live, away, .buffering(.maintenance), .live]),
            (.draining, 3, [.draining, away, .buffering(.maintenance), .draining]),
            (.handingOver, 1, [.handingOver, away, .buffering(.maintenance), .handingOver]),
            (away, 0, [.live, away, .buffering(.maintenance), away]),
            (away, 1, [.handingOver, away, .buffering(.maintenance), away]),
            (
                .buffering(.maintenance), 0,
                [.buffering(.maintenance), .buffering(.maintenance), .buffering(.maintenance), .live]
            ),
            (
                .buffering(.maintenance), 3,
                [.buffering(.maintenance), .buffering(.maintenance), .buffering(.maintenance), .draining]
            ),
            (.landed, 1, [.landed, .landed, .landed, .landed]),
        ]
    )
    func events(state: State, waiting: Int, after: [State]) {
        let events: [(inout BufferStateMachine) -> Void] = [
            { $0.served() }, { $0.failed("away") }, { $0.setMaintenance(true) }, { $0.setMaintenance(false) },
        ]
        for (event, expected) in zip(events, after) {
            var machine = Self.machine(state, waiting: waiting)
            event(&machine)
            #expect(machine.state == expected)
        }
    }

    @Test("whatever comes in whatever order, nothing goes to the database while something waits")
    func random() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        var machine = BufferStateMachine(waiting: 0, few: 3)
        var (waiting, writing) = (0, 0)
        for _ in 0..<20_000 {
            switch Int.random(in: 0..<8, using: &generator) {
            case 0, 1:
                let patience = [BufferStateMachine.Patience.fresh, .waited, .exhausted].randomElement(using: &generator)
                switch machine.admit(1, patience ?? .fresh) {
                case .database: #expect(waiting == 0 && writing == 0, "seed \(seed)")
                case .file: writing += 1
                case .later: #expect(waiting + writing > 0, "seed \(seed): for nothing")
                case .nowhere: Issue.record("seed \(seed): refused")
                }
            case 2 where machine.divert(1, because: "lost") == .file: writing += 1
            case 3 where writing > 0:
                machine.written(1)
                (waiting, writing) = (waiting + 1, writing - 1)
            case 4 where writing > 0:
                machine.notWritten(1)
                writing -= 1
            case 5 where machine.step == .deliver:
                let count = Int.random(in: 1...max(1, waiting), using: &generator)
                waiting -= count
                machine.deliver(count, left: waiting)
            case 6: machine.setMaintenance(Bool.random(using: &generator))
            case 7: Bool.random(using: &generator) ? machine.served() : machine.failed("away")
            default: break
            }
            #expect(machine.waiting == waiting && machine.writing == writing, "seed \(seed)")
            #expect(![.draining, .handingOver].contains(machine.state) || waiting + writing > 0, "seed \(seed)")
        }
    }
}
