import Synchronization
import Testing

@testable import WebSubsystem

@Suite("Client presence")
struct ClientPresenceTests {
    private let calls = Calls()
    private let client = ClientPresence()

    private final class Calls: Sendable {
        private let number = Atomic(0)
        var count: Int { number.load(ordering: .relaxed) }
        func call() { number.add(1, ordering: .relaxed) }
    }

    @Test("leaving calls once")
    func leaving() {
        client.whenGone { [calls] in calls.call() }
        #expect(client.departure == nil && calls.count == 0)
        client.depart(.left)
        client.depart(.answered)
        #expect(client.departure == .left && calls.count == 1)
    }

    @Test("who asks after the leaving is called at once")
    func late() {
        client.depart(.answered)
        client.whenGone { [calls] in calls.call() }
        #expect(calls.count == 1)
    }

    @Test("an answered request is not called")
    func answered() {
        client.whenGone { [calls] in calls.call() }
        client.forget()
        client.depart(.answered)
        #expect(calls.count == 0)
    }
}
