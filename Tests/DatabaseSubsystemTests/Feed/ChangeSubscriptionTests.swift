import HydrogenCore
import HydrogenTesting
import Testing

@testable import DatabaseSubsystem

@Suite("A subscription to changes", .timeLimit(.minutes(1)))
struct ChangeSubscriptionTests {
    private static func change(_ sequence: Int64, _ table: String = "public.orders") -> TableChange {
        TableChange(sequence: sequence, table: table, operation: .insert, keys: nil)
    }

    @Test(
        "a table is told under every name that may be its own",
        arguments: [
            ("orders", "public.orders", true), ("public.orders", "public.orders", true), ("ORDERS", "orders", true),
            ("sales.orders", "public.orders", false), ("sales.orders", "orders", true), ("order", "orders", false),
        ]
    )
    func names(asked: String, told: String, isTold: Bool) {
        let subscription = ChangeSubscription(tables: [asked])
        subscription.tell([Self.change(1, told)])
        #expect(subscription.waiting() == (isTold ? [.change(Self.change(1, told))] : []))
    }

    @Test("events come in their order, until the end")
    func order() async {
        let subscription = ChangeSubscription(tables: ["orders"])
        subscription.tell([Self.change(1), Self.change(2, "public.other"), Self.change(3)])
        subscription.tellGap()
        subscription.tellGap()
        subscription.tell([Self.change(4)])
        subscription.end()
        subscription.tell([Self.change(5)])
        var events: [ChangeEvent] = []
        for await event in subscription { events.append(event) }
        #expect(events == [.change(Self.change(1)), .change(Self.change(3)), .gap, .change(Self.change(4))])
    }

    @Test("who falls behind gets one gap in the place of all")
    func overflow() {
        let subscription = ChangeSubscription(tables: ["orders"])
        let most = (0..<ChangeSubscription.capacity).map { Self.change(Int64($0)) }
        subscription.tell(most)
        #expect(subscription.waiting().count == ChangeSubscription.capacity)
        subscription.tell(most)
        subscription.tell([Self.change(-1)])
        subscription.tell([Self.change(-2)])
        #expect(subscription.waiting() == [.gap, .change(Self.change(-2))])
    }

    @Test("who waits is woken by an event, by the end, and by its own cancellation")
    func waiting() async {
        let subscription = ChangeSubscription(tables: ["orders"])
        async let first = subscription.batch()
        subscription.tell([Self.change(1)])
        #expect(await first == [.change(Self.change(1))])
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await subscription.batch() == nil }
            group.cancelAll()
            #expect(await group.next() == true)
        }
        async let last = subscription.batch()
        subscription.end()
        #expect(await last == nil)
        #expect(await subscription.batch() == nil)
    }

    @Test("one that nobody holds is forgotten; one that comes after the end has ended")
    func subscribers() async {
        let subscribers = ChangeSubscribers()
        weak var forgotten: ChangeSubscription?
        do {
            let subscription = ChangeSubscription(tables: ["orders"])
            subscribers.add(subscription)
            forgotten = subscription
        }
        #expect(forgotten == nil)
        let held = ChangeSubscription(tables: ["orders"])
        subscribers.add(held)
        subscribers.tell([Self.change(1)])
        subscribers.end()
        #expect(held.waiting() == [.change(Self.change(1))])
        let late = ChangeSubscription(tables: ["orders"])
        subscribers.add(late)
        #expect(await late.batch() == nil)
    }
}
