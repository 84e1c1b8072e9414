import Glibc
import Testing

@testable import HydrogenCore

@Suite("Descriptor output")
struct DescriptorOutputTests {
    init() {
        signal(SIGPIPE, SIG_IGN)
    }

    private func write(_ text: String, to output: DescriptorOutput) -> LogWriteOutcome {
        Array(text.utf8).withUnsafeBytes { output.write($0) }
    }

    @Test("A pipe takes lines as they are")
    func pipe() throws {
        let pipe = try Pipe()
        #expect(write("one\n", to: pipe.output) == .wrote(4))
        #expect(pipe.read() == "one\n")
    }

    @Test("A pipe whose reader has gone fails and does not end the process")
    func readerGone() throws {
        let pipe = try Pipe()
        pipe.closeReader()
        #expect(write("one\n", to: pipe.output) == .failed("Broken pipe"))
        var writer = LogWriter()
        writer.write(Array("one\ntwo\n".utf8), to: pipe.output)
        #expect(writer.counts.dropped == 2)
        #expect(writer.counts.failure == "Broken pipe")
    }

    @Test(
        "A full pipe is busy, whether or not its descriptor blocks, and takes bytes again when read",
        arguments: [false, true]
    )
    func full(isNonBlocking: Bool) throws {
        let pipe = try Pipe()
        if isNonBlocking { pipe.stopBlocking() }
        let chunk = String(repeating: "x", count: 4095) + "\n"
        var taken = 0
        while case .wrote(let count) = write(chunk, to: pipe.output) { taken += count }
        #expect(taken >= 4096)
        #expect(write("y\n", to: pipe.output) == .busy)
        #expect(!pipe.output.waitUntilWritable(milliseconds: 1))
        #expect(pipe.read(upTo: taken).utf8.count == taken)
        #expect(pipe.output.waitUntilWritable(milliseconds: 1))
        #expect(write("y\n", to: pipe.output) == .wrote(2))
    }

    @Test("One try writes no more to a pipe than it takes without blocking")
    func bounded() throws {
        let pipe = try Pipe()
        #expect(write(String(repeating: "x", count: 10_000), to: pipe.output) == .wrote(4096))
    }

    @Test("A full device fails with the system's words")
    func deviceFull() throws {
        let descriptor = open("/dev/full", O_WRONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let output = DescriptorOutput(descriptor: descriptor, name: "full")
        #expect(write("x\n", to: output) == .failed("No space left on device"))
    }

    @Test("A closed descriptor fails")
    func closed() {
        let output = DescriptorOutput(descriptor: 1_000_000, name: "closed")
        #expect(write("x\n", to: output) == .failed("Bad file descriptor"))
    }

    @Test("A file takes everything at once")
    func file() throws {
        let file = try #require(tmpfile())
        defer { fclose(file) }
        let output = DescriptorOutput(descriptor: fileno(file), name: "file")
        #expect(write(String(repeating: "x", count: 100_000), to: output) == .wrote(100_000))
    }
}

/// A pipe with both ends in this process.
private final class Pipe {
    let output: DescriptorOutput
    private let writer: CInt
    private var reader: CInt?

    init() throws {
        var ends: [CInt] = [-1, -1]
        try #require(Glibc.pipe(&ends) == 0)
        self.reader = ends[0]
        self.writer = ends[1]
        self.output = DescriptorOutput(descriptor: ends[1], name: "pipe")
    }

    deinit {
        closeReader()
        close(writer)
    }

    func closeReader() {
        if let reader { close(reader) }
        reader = nil
    }

    func stopBlocking() {
        _ = fcntl(writer, F_SETFL, fcntl(writer, F_GETFL) | O_NONBLOCK)
    }

    /// Reads until there are so many bytes, which must have been written.
    func read(upTo limit: Int = 1) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit, let reader {
            let count = Glibc.read(reader, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
