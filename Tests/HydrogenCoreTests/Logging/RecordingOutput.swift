import Synchronization

@testable import HydrogenCore

/// An output that keeps what it takes and behaves as it is told.
final class RecordingOutput: LogOutput {
    /// What one try to write does.
    enum Behaviour: Equatable {
        /// Takes everything.
        case take
        /// Takes at most so many bytes.
        case takeAtMost(Int)
        /// Takes nothing now.
        case busy
        /// Fails.
        case fail(String)
    }

    private struct State {
        var script: [Behaviour] = []
        var otherwise = Behaviour.take
        var becomesWritable = true
        var taken: [UInt8] = []
        var tries = 0
        var waits = 0
    }

    let name = "recorder"
    private let state = Mutex(State())

    /// What the next tries do, in order, and what all after them do.
    func behave(_ script: [Behaviour], then otherwise: Behaviour = .take, becomesWritable: Bool = true) {
        state.withLock { state in
            state.script = script
            state.otherwise = otherwise
            state.becomesWritable = becomesWritable
        }
    }

    /// All that was taken.
    var text: String { state.withLock { String(decoding: $0.taken, as: UTF8.self) } }
    /// All that was taken, by line.
    var lines: [String] { text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) }
    /// How often something was to be written.
    var tries: Int { state.withLock { $0.tries } }
    /// How often the writer waited.
    var waits: Int { state.withLock { $0.waits } }

    func write(_ bytes: UnsafeRawBufferPointer) -> LogWriteOutcome {
        state.withLock { state in
            state.tries += 1
            switch state.script.isEmpty ? state.otherwise : state.script.removeFirst() {
            case .take: return Self.take(bytes, bytes.count, &state)
            case .takeAtMost(let limit): return Self.take(bytes, min(limit, bytes.count), &state)
            case .busy: return .busy
            case .fail(let reason): return .failed(reason)
            }
        }
    }

    func waitUntilWritable(milliseconds: Int) -> Bool {
        state.withLock { state in
            if milliseconds > 0 { state.waits += 1 }
            return state.becomesWritable
        }
    }

    private static func take(_ bytes: UnsafeRawBufferPointer, _ count: Int, _ state: inout State) -> LogWriteOutcome {
        state.taken.append(contentsOf: bytes.prefix(count))
        return .wrote(count)
    }
}

extension LogPipeline {
    /// A pipeline into a recorder, at 2026-11-21 12:00:00.123Z.
    static func recording(
        _ configuration: LoggingConfiguration = LoggingConfiguration(),
        environment: [String: String] = [:]
    ) -> (LogPipeline, RecordingOutput) {
        let output = RecordingOutput()
        let pipeline = LogPipeline(
            configuration: configuration,
            environment: environment,
            output: output,
            now: { .example }
        )
        return (pipeline, output)
    }
}

extension WallTime {
    /// 2026-11-21 12:00:00.123Z.
    static let example = WallTime(nanosecondsSinceEpoch: 1_795_262_400_123_000_000)
}
