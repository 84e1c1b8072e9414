import HydrogenCore
import Logging
import NIOCore

/// How far the database's clock is from this machine's: leases, delays and the moments of messages are in the database's time.
struct ClockComparison: Sendable {
    /// By how much they may differ before it is told.
    private static let tolerance = Duration.seconds(5)

    /// The database's clock less this one's; `nil` when it could not be asked.
    private let difference: Duration?

    /// Asks the database of an open queue.
    init(_ queue: MessageQueue) async {
        let before = WallClock.milliseconds
        let row = try? await queue.row(.clock, [])
        let after = WallClock.milliseconds
        difference = row.flatMap { Int(String(buffer: $0)) }.map { .milliseconds($0 - Int((before + after) / 2)) }
    }

    /// Tells of clocks that are far apart.
    func report(to logger: Logger) {
        guard let difference, difference > Self.tolerance || difference < .zero - Self.tolerance else { return }
        let seconds = abs(difference.components.seconds)
        let way = difference > .zero ? "ahead of" : "behind"
        logger.warning(
            "The clock of the message queue's database is \(seconds) s \(way) this machine's: times of messages are the database's; set both by NTP"
        )
    }
}
