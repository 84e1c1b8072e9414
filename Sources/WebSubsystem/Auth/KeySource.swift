import AsyncHTTPClient
import HydrogenCore
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Keeps the keys of tokens current: those of a URL are fetched again and again, and the last good ones stay in use.
final class KeySource: Sendable {
    /// What is in use.
    struct Current: Sendable {
        var keys: SigningKeys
        var revoked: Set<String>
        /// Another for each change.
        var generation: Int
    }

    /// Gets what stands under a URL.
    typealias Fetch = @Sendable (String) async throws -> [UInt8]

    /// What one reading has found.
    struct Reading: Sendable {
        let keys: SigningKeys
        let revoked: Set<String>
        /// Readings count in the order in which they began.
        fileprivate let number: Int
    }

    private struct State {
        var current: Current?
        /// How many readings have begun.
        var readings = 0
        /// The number of the one in use.
        var numberInUse = 0
        var fetchedAt: ContinuousClock.Instant?
        /// Why the last fetch failed; `nil` after one that did not.
        var problem: String?
    }

    /// How soon a failed fetch is repeated, and how often an unknown key may cause one.
    static let shortestInterval = Duration.seconds(10)
    /// The longest set of keys, in bytes.
    private static let longestSet = 1 << 20

    private let settings: TokenSettings
    private let clock: any MonotonicClock
    private let fetch: Fetch
    private let state = Mutex(State())
    private let asked: AsyncStream<Void>
    private let ask: AsyncStream<Void>.Continuation

    init(_ settings: TokenSettings, clock: any MonotonicClock, fetch: @escaping Fetch = KeySource.overHTTP()) {
        self.settings = settings
        self.clock = clock
        self.fetch = fetch
        (asked, ask) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The keys in use; `nil` as long as none were to be had.
    var current: Current? { state.withLock { $0.current } }

    /// Whether the keys are somewhere else, and may change there.
    var isRemote: Bool { if case .url = settings.keySet { true } else { false } }

    /// A token names a key that is not there: perhaps it is a new one.
    ///
    /// - Returns: Whether the keys are being fetched, so that the answer may soon be another.
    func missed() -> Bool {
        guard isRemote else { return false }
        let now = clock.now
        let isDue = state.withLock { $0.fetchedAt.map { now - Self.shortestInterval >= $0 } ?? true }
        if isDue { ask.yield() }
        return isDue
    }

    // MARK: Reading

    /// Reads everything anew; what cannot be read leaves the present keys in use.
    func load() async throws(KeyFault) {
        use(try await read())
    }

    /// Puts a reading in use, unless a later one is.
    func use(_ reading: Reading) {
        state.withLock { state in
            guard reading.number > state.numberInUse else { return }
            state.numberInUse = reading.number
            let generation = (state.current?.generation ?? 0) + 1
            state.current = Current(keys: reading.keys, revoked: reading.revoked, generation: generation)
        }
    }

    /// Reads everything, and puts nothing in use.
    func read() async throws(KeyFault) -> Reading {
        let number = state.withLock { state in
            state.readings += 1
            return state.readings
        }
        var keys: [SigningKey] = []
        if settings.algorithms.contains(.hs256), let secret = settings.secret {
            do { keys.append(try await .secret(secret)) } catch { throw KeyFault("API.Auth.JWT.Secret: \(error)") }
        }
        if let path = settings.publicKey {
            let text = String(decoding: try Self.contents(of: path), as: UTF8.self)
            keys += try await SigningKeys.pem(text, from: path, for: settings.algorithms).keys
        }
        switch settings.keySet {
        case .file(let path):
            keys += try await SigningKeys.set(Self.contents(of: path), from: path, for: settings.algorithms).keys
        case .url(let url): keys += try await fetched(url).keys
        case nil: break
        }
        return Reading(keys: SigningKeys(keys: keys), revoked: try revoked(), number: number)
    }

    /// The same, with the fault as a value.
    func reread() async -> Result<Reading, KeyFault> {
        do throws(KeyFault) {
            return .success(try await read())
        } catch {
            return .failure(error)
        }
    }

    private func fetched(_ url: String) async throws(KeyFault) -> SigningKeys {
        let now = clock.now
        state.withLock { $0.fetchedAt = now }
        let bytes: [UInt8]
        do {
            bytes = try await fetch(url)
        } catch {
            throw KeyFault("the keys at \(url) cannot be fetched: \(error)")
        }
        return try await SigningKeys.set(bytes, from: url, for: settings.algorithms)
    }

    private func revoked() throws(KeyFault) -> Set<String> {
        guard let path = settings.revocations else { return [] }
        let lines = String(decoding: try Self.contents(of: path), as: UTF8.self).split(whereSeparator: \.isNewline)
        let names = lines.map { line in
            String(
                line.trimmingPrefix("\u{FEFF}").drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()
            )
        }
        return Set(names.filter { !$0.isEmpty && !$0.hasPrefix("#") })
    }

    private static func contents(of path: String) throws(KeyFault) -> [UInt8] {
        do {
            return try ConfigurationFiles.folder("").read(path)
        } catch {
            throw KeyFault("\(error)")
        }
    }

    // MARK: Keeping current

    /// Fetches the keys at every interval, sooner after a failure and when a token names one that is not there; ends when the task is
    /// cancelled.
    func run(_ logger: Logger) async {
        guard isRemote else { return }
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in
                while (try? await clock.sleep(for: Self.shortestInterval)) != nil {
                    if isDue { ask.yield() }
                }
            }
            for await _ in asked { await refresh(logger) }
        }
    }

    private var isDue: Bool {
        let now = clock.now
        return state.withLock { state in
            guard state.problem == nil, let fetchedAt = state.fetchedAt else { return true }
            return now - settings.refreshInterval >= fetchedAt
        }
    }

    /// Fetches the keys once; a failure that goes on alike is told once.
    func refresh(_ logger: Logger) async {
        do throws(KeyFault) {
            try await load()
            let former = state.withLock { state in
                defer { state.problem = nil }
                return state.problem
            }
            if former != nil { logger.notice("Keys of tokens fetched") }
        } catch {
            let isNew = state.withLock { state in
                defer { state.problem = error.description }
                return state.problem != error.description
            }
            if isNew { logger.warning("Keys of tokens not fetched", metadata: ["error": "\(error)"]) }
        }
    }

    /// Over HTTP; a redirection is not followed, as it could lead anywhere.
    ///
    /// - Parameter limit: How long a fetch may take, from its beginning to the last byte.
    static func overHTTP(limit: Duration = .seconds(10)) -> Fetch {
        { url in
            try await withThrowingTaskGroup(of: [UInt8].self) { group in
                group.addTask { try await response(to: url) }
                group.addTask {
                    try await Task.sleep(for: limit)
                    throw KeyFault("it took longer than \(limit.report)")
                }
                defer { group.cancelAll() }
                return try await group.next() ?? []
            }
        }
    }

    private static func response(to url: String) async throws -> [UInt8] {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        // Who fetches tries again by itself.
        configuration.connectionPool.retryConnectionEstablishment = false
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            let response = try await client.execute(HTTPClientRequest(url: url), timeout: .seconds(10))
            guard response.status == .ok else { throw KeyFault("HTTP status \(response.status.code)") }
            return Array(buffer: try await response.body.collect(upTo: longestSet))
        }
    }
}
