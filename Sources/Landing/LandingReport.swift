import FoundationEssentials
import HydrogenCore

/// A whole landing as a value: what was to be known, who landed in which order, and how it ended.
public struct LandingReport: Sendable, Hashable, Codable {
    /// What an operator should have known.
    public let readiness: LandingReadiness
    /// The order, and the deadline.
    public let plan: LandingPlan
    /// How it ended.
    public let review: LandingReview
    /// From the request to land to the end, in seconds.
    public let elapsedSeconds: Double

    /// A landing that is over; `elapsedSeconds` in seconds.
    public init(readiness: LandingReadiness, plan: LandingPlan, review: LandingReview, elapsedSeconds: Double) {
        self.readiness = readiness
        self.plan = plan
        self.review = review
        self.elapsedSeconds = elapsedSeconds
    }

    /// Whether every subsystem landed and nothing was left behind.
    public var isClean: Bool { review.isClean }

    /// The last report of a flight.
    public var closingLines: [String] {
        ["SHUTDOWN COMPLETE", "Shutdown elapsed time:  \(Duration.seconds(elapsedSeconds).report)"]
    }

    /// All parts, as operators read them.
    public var lines: [String] {
        readiness.lines + plan.lines + review.lines + closingLines
    }

    /// The report as one JSON object in UTF-8: names in snake case and sorted, so that equal reports have equal bytes.
    public func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    /// A report from the JSON that ``json()`` made.
    ///
    /// - Throws: `DecodingError` when the bytes are something else.
    public init(json: [UInt8]) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(LandingReport.self, from: Data(json))
    }
}
