/// Which events of a table of events have been read, and which numbers below the highest may still come.
///
/// Such a table numbers events when they are written, and shows them when their transactions commit, in another order: a number that
/// is missing belongs to a transaction that has not ended, or that was rolled back, or was never given, as servers of a cluster leave
/// numbers to each other. It is looked for until it comes, or until ``patience`` is over since it was found missing.
///
/// Few gaps are asked for by their numbers. Of many the older ones are the ``crowd``: there rows are counted, and only where there are
/// more than have been read are they read again. Pure.
struct EventGaps: Sendable, Hashable {
    /// How long a missing number is looked for.
    static let patience = Duration.seconds(FeedLimits.silence)
    /// The most gaps that are asked for by their numbers.
    static let mostAsked = 100
    /// The most gaps: past that the oldest are given up before their time.
    static let most = 100_000

    /// Numbers of which none has been read.
    struct Gap: Sendable, Hashable {
        var numbers: ClosedRange<Int64>
        /// When they were found missing.
        var since: ContinuousClock.Instant
    }

    /// The highest number that has been read.
    private(set) var highest: Int64
    /// What is missing below it, in order; also in the order in which it was found missing.
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
        let given = gaps.firstIndex { $0.since.duration(to: now) <= Self.patience } ?? gaps.count
        gaps.removeFirst(max(given, gaps.count - Self.most))
        return new
    }

    private mutating func takeOne(_ number: Int64, now: ContinuousClock.Instant) -> Bool {
        guard number <= highest else {
            if number > highest + 1 { gaps.append(Gap(numbers: (highest + 1)...(number - 1), since: now)) }
            highest = number
            return true
        }
        let place = firstGap(endingAtOrAfter: number)
        guard place < gaps.count, gaps[place].numbers.contains(number) else { return false }
        let (numbers, since) = (gaps[place].numbers, gaps[place].since)
        var rest: [Gap] = []
        if numbers.lowerBound < number { rest.append(Gap(numbers: numbers.lowerBound...(number - 1), since: since)) }
        if number < numbers.upperBound { rest.append(Gap(numbers: (number + 1)...numbers.upperBound, since: since)) }
        gaps.replaceSubrange(place...place, with: rest)
        return true
    }

    private func firstGap(endingAtOrAfter number: Int64) -> Int {
        var (low, high) = (0, gaps.count)
        while low < high {
            let middle = (low + high) / 2
            if gaps[middle].numbers.upperBound < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: What a reading asks for

    /// What a reading asks for, as a condition of SQL on the column `id`: nothing that was read. The numbers are this reader's own.
    var condition: String {
        gaps.suffix(Self.mostAsked).reduce("id > \(highest)") { sql, gap in
            sql
                + (gap.numbers.count == 1
                    ? " OR id = \(gap.numbers.lowerBound)" : " OR \(Self.condition(of: gap.numbers))")
        }
    }

    /// Numbers as a condition of SQL on the column `id`.
    static func condition(of numbers: ClosedRange<Int64>) -> String {
        "id BETWEEN \(numbers.lowerBound) AND \(numbers.upperBound)"
    }

    /// From the first to the last number of the gaps that ``condition`` leaves out, with what was read between them; `nil` for none.
    var crowd: ClosedRange<Int64>? {
        let older = gaps.dropLast(Self.mostAsked)
        guard let first = older.first, let last = older.last else { return nil }
        return first.numbers.lowerBound...last.numbers.upperBound
    }

    /// How many of some numbers, of which all lie below ``highest``, have been read.
    func readCount(in numbers: ClosedRange<Int64>) -> Int64 {
        var count = Int64(numbers.count)
        for gap in gaps[firstGap(endingAtOrAfter: numbers.lowerBound)...] {
            guard gap.numbers.overlaps(numbers) else { break }
            count -= Int64(gap.numbers.clamped(to: numbers).count)
        }
        return count
    }

    /// Where numbers of the crowd have come.
    ///
    /// - Parameters:
    ///   - most: The most numbers of one range.
    ///   - count: Says how many there are of some numbers; asked a few times, and more often only where some have come.
    /// - Returns: Ranges that have some of them, in order, with what was read before.
    func latecomers<Failure: Error>(
        most: Int64,
        count: (ClosedRange<Int64>) throws(Failure) -> Int64
    ) throws(Failure) -> [ClosedRange<Int64>] {
        var found: [ClosedRange<Int64>] = []
        var rest = crowd.map { [$0] } ?? []
        while let numbers = rest.popLast() {
            guard try count(numbers) > readCount(in: numbers) else { continue }
            guard numbers.count > most else {
                found.append(numbers)
                continue
            }
            let middle = numbers.lowerBound + Int64(numbers.count) / 2
            rest += [middle...numbers.upperBound, numbers.lowerBound...(middle - 1)]
        }
        return found
    }
}
