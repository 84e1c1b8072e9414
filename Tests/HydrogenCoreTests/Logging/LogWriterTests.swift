import Testing

@testable import HydrogenCore

@Suite("Log writer")
struct LogWriterTests {
    private var writer = LogWriter()
    private let output = RecordingOutput()

    private mutating func write(_ text: String) {
        writer.write(Array(text.utf8), to: output)
    }

    @Test("Writes several lines with one write")
    mutating func together() {
        write("one\ntwo\n")
        #expect(output.text == "one\ntwo\n")
        #expect(output.tries == 1)
        #expect(writer.counts.written == 2)
    }

    @Test("Completes what an output takes in parts", arguments: 1...9)
    mutating func parts(size: Int) {
        output.behave([], then: .takeAtMost(size))
        write("one\ntwo\n")
        write("three\n")
        #expect(output.text == "one\ntwo\nthree\n")
        #expect(writer.counts.written == 3)
        #expect(writer.counts.dropped == 0)
    }

    @Test("Waits for a busy output and goes on")
    mutating func busy() {
        output.behave([.takeAtMost(2), .busy, .takeAtMost(3), .busy])
        write("one\ntwo\n")
        #expect(output.text == "one\ntwo\n")
        #expect(output.waits == 2)
        #expect(writer.counts.dropped == 0)
    }

    @Test("An output that stays busy is waited for once; its lines are dropped until it takes some")
    mutating func stalled() {
        output.behave([], then: .busy, becomesWritable: false)
        write("one\n")
        write("two\nthree\n")
        #expect(output.waits == 1)
        #expect(writer.counts.dropped == 3)
        #expect(writer.counts.failure == "takes no more lines")
        output.behave([])
        write("four\n")
        #expect(output.text == "four\n")
        #expect(writer.counts.written == 1)
        #expect(writer.counts.failure == nil)
        output.behave([.busy])
        write("five\n")
        #expect(output.waits == 2)
        #expect(output.text == "four\nfive\n")
    }

    @Test("An output that says it takes bytes and does not is not asked for ever")
    mutating func lying() {
        output.behave([], then: .busy, becomesWritable: true)
        write("one\n")
        #expect(output.waits == 1)
        #expect(output.tries == 2)
        #expect(writer.counts.dropped == 1)
    }

    @Test("A line taken in part is finished before the next; those between are dropped")
    mutating func torn() {
        output.behave([.takeAtMost(6)], then: .fail("disk full"))
        write("one\ntwo\nthree\n")
        #expect(output.text == "one\ntw")
        #expect(writer.counts.written == 1)
        #expect(writer.counts.dropped == 1)
        write("four\n")
        #expect(output.text == "one\ntw")
        #expect(writer.counts.dropped == 2)
        #expect(writer.counts.failure == "disk full")
        output.behave([])
        write("five\n")
        #expect(output.text == "one\ntwo\nfive\n")
        #expect(writer.counts.written == 3)
        #expect(writer.counts.dropped == 2)
        #expect(writer.counts.failure == nil)
    }

    @Test("A torn line may take several tries to finish")
    mutating func tornAgain() {
        output.behave([.takeAtMost(1)], then: .fail("disk full"))
        write("four\n")
        output.behave([.takeAtMost(1)], then: .fail("disk full"))
        writer.finishTail(on: output)
        #expect(output.text == "fo")
        output.behave([])
        writer.finishTail(on: output)
        #expect(output.text == "four\n")
        #expect(writer.counts.written == 1)
        #expect(writer.counts.dropped == 0)
    }

    @Test("What fails between lines tears none")
    mutating func betweenLines() {
        output.behave([.takeAtMost(4)], then: .fail("gone"))
        write("one\ntwo\n")
        #expect(writer.counts.written == 1)
        #expect(writer.counts.dropped == 1)
        output.behave([])
        write("three\n")
        #expect(output.text == "one\nthree\n")
    }
}
