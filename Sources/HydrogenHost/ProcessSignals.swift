import UnixSignals

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The signals of this process as an endless sequence. Make one for a process: signals are caught from then on.
///
/// `SIGPIPE` is ignored from then on: a client that left is an error of the write that notices it, not the end of the
/// process.
public struct ProcessSignals: AsyncSequence, Sendable {
    private let signals: UnixSignalsSequence

    /// Catches the signals of ``FlightSignal``.
    public init() async {
        signal(SIGPIPE, SIG_IGN)
        self.signals = await UnixSignalsSequence(trapping: FlightSignal.allCases.map(\.unixSignal))
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(signals: signals.makeAsyncIterator())
    }

    /// Waits for the next signal; ends when the waiting task is cancelled.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate var signals: UnixSignalsSequence.AsyncIterator

        public mutating func next() async -> FlightSignal? {
            while let signal = await signals.next() {
                if let known = FlightSignal.allCases.first(where: { $0.unixSignal == signal }) { return known }
            }
            return nil
        }
    }
}

extension FlightSignal {
    fileprivate var unixSignal: UnixSignal {
        switch self {
        case .terminate: .sigterm
        case .interrupt: .sigint
        case .reload: .sighup
        case .dump: .sigusr2
        }
    }
}
