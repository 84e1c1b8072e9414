/// Which events of a table of events have been read, and which numbers below the highest may still come.
///
/// Such a table numbers events when they are written, and shows them when their transactions commit, in another order: a number that
/// is missing belongs to a transaction that has not ended, or that was rolled back. It is asked for again until it comes, or until
/// ``patience`` is over. Pure.
struct EventGaps: Sendable, Hashable {
    /// How long a missing number is asked for.
    static let patience = Duration.seconds(FeedLimits.silence)
    /// The most gaps: past that the two that lie closest become one.
    static let most = 100

    /// Numbers of which not all have been read.
    struct Gap: Sendable, Hashable {
        var numbers: ClosedRange<Int64>
        /// When the last of them was found missing.
        var since: ContinuousClock.Instant
        /// Those that have been read.
        var read: Set<Int64> = []
    }

    /// The highest number that has been read.
    private(set) var highest: Int64
    /// What is missing below it, in order.
    private(set) var gaps: [Gap] = []

    /// Nothing above `highest` has been read, and nothing at or below it is of interest.
    init(after highest: Int64) {
        self.highest = highest
    }

    /// Everything at or below has been read or given up: nobody has to keep it for this reader.
    var floor: Int64 { gaps.first.map { $0.numbers.lowerBound - 1 } ?? highest }

    /// Takes the numbers of a reading, in rising order.
    ///
    /// - Returns: Those that were not read before.
    mutating func take(_ numbers: some Sequence<Int64>, now: ContinuousClock.Instant) -> Set<Int64> {
        var new: Set<Int64> = []
        for number in numbers where takeOne(number, now: now) { new.insert(number) }
        gaps.removeAll { $0.read.count == $0.numbers.count || $0.since.duration(to: now) > Self.patience }
        while gaps.count > Self.most { mergeClosest() }
        return new
    }

    private mutating func takeOne(_ number: Int64, now: ContinuousClock.Instant) -> Bool {
        guard number <= highest else {
            if number > highest + 1 { gaps.append(Gap(numbers: (highest + 1)...(number - 1), since: now)) }
            highest = number
            return true
        }
        guard let place = gaps.firstIndex(where: { $0.numbers.contains(number) }) else { return false }
        return gaps[place].read.insert(number).inserted
    }

    private mutating func mergeClosest() {
        let distances = zip(gaps, gaps.dropFirst()).map { $1.numbers.lowerBound - $0.numbers.upperBound }
        guard let place = distances.indices.min(by: { distances[$0] < distances[$1] }) else { return }
        let (left, right) = (gaps[place], gaps.remove(at: place + 1))
        gaps[place].numbers = left.numbers.lowerBound...right.numbers.upperBound
        gaps[place].since = max(left.since, right.since)
        gaps[place].read.formUnion(right.read)
        gaps[place].read.formUnion((left.numbers.upperBound + 1)..<right.numbers.lowerBound)
    }

    /// What a reading asks for, as a condition of SQL on the column `id`: the numbers are this reader's own.
    var condition: String {
        gaps.reduce("id > \(highest)") { sql, gap in
            gap.numbers.count == 1
                ? sql + " OR id = \(gap.numbers.lowerBound)"
                : sql + " OR id BETWEEN \(gap.numbers.lowerBound) AND \(gap.numbers.upperBound)"
        }
    }
}
