import HydrogenHost
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("The signals of the process", .serialized)
struct ProcessSignalsTests {
    @Test("A caught signal comes as an element; a broken pipe is no signal")
    func caught() async {
        let signals = await ProcessSignals()
        var iterator = signals.makeAsyncIterator()
        kill(getpid(), SIGPIPE)
        for (number, signal) in [(SIGHUP, FlightSignal.reload), (SIGUSR2, .dump), (SIGTERM, .terminate)] {
            kill(getpid(), number)
            #expect(await iterator.next() == signal)
        }
    }
}
