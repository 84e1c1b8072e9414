import HydrogenCore
import NIOCore
import Synchronization

/// All open connections, and how many requests are being answered on them.
final class Connections: Sendable {
    /// How the answering of a request ended.
    enum Ending: Sendable {
        /// With a response, or because the client left.
        case completed
        /// The landing cut it short.
        case cut
    }

    /// Told to every connection when the landing waits no longer.
    ///
    /// A user event of NIO.
    struct LandAtOnce: Sendable {}

    private struct Member {
        let channel: any Channel
        let client: ClientPresence
    }

    private struct State {
        var members: [ObjectIdentifier: Member] = [:]
        var active = 0
        var isLanding = false
        var tally = LandingTally()
    }

    private let state = Mutex(State())
    private let drained = Latch()

    /// No connections.
    init() {}

    // MARK: Connections come and go

    /// A connection was accepted.
    func add(_ channel: any Channel, _ client: ClientPresence) {
        state.withLock { $0.members[ObjectIdentifier(channel)] = Member(channel: channel, client: client) }
    }

    /// A connection has been closed, and no route is at work for it any more.
    func remove(_ channel: any Channel) {
        state.withLock { $0.members[ObjectIdentifier(channel)] = nil }
    }

    /// The client of a connection; of one that is not known, a client that has left.
    func client(of channel: any Channel) -> ClientPresence {
        state.withLock { $0.members[ObjectIdentifier(channel)]?.client } ?? ClientPresence(departed: .left)
    }

    // MARK: Requests

    /// How many requests are being answered.
    var active: Int { state.withLock { $0.active } }

    /// Whether the landing has begun: no more requests are taken.
    var isLanding: Bool { state.withLock { $0.isLanding } }

    /// A request's head has come.
    ///
    /// Returns whether the request is taken; one that is not is counted as rejected.
    func requestBegan() -> Bool {
        state.withLock { state in
            if state.isLanding {
                state.tally.rejected += 1
                return false
            }
            state.active += 1
            return true
        }
    }

    /// A request that was taken has been answered, or never will be.
    func requestEnded(_ ending: Ending) {
        let isDrained = state.withLock { state in
            state.active -= 1
            guard state.isLanding else { return false }
            switch ending {
            case .completed: state.tally.drained += 1
            case .cut: state.tally.cancelled += 1
            }
            return state.active == 0
        }
        if isDrained { drained.open() }
    }

    // MARK: Landing

    /// From now on no request is taken.
    func beginLanding() {
        let isDrained = state.withLock { state in
            state.isLanding = true
            return state.active == 0
        }
        if isDrained { drained.open() }
    }

    /// Returns when the requests that were taken have been answered, or when the task is cancelled.
    func waitUntilDrained() async {
        await drained.wait()
    }

    /// Cuts short what is still being answered, with a response if none has begun, and closes all connections.
    func landAtOnce() {
        for member in state.withLock({ Array($0.members.values) }) {
            member.channel.pipeline.fireUserInboundEventTriggered(LandAtOnce())
        }
    }

    /// What became of the requests of the landing so far.
    var tally: LandingTally { state.withLock { $0.tally } }
}
