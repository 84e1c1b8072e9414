import Testing

@testable import WebSubsystem

@Suite("Process facts")
struct ProcessFactsTests {
    @Test("are read from the kernel's text")
    func reading() {
        let facts = ProcessFacts(status: "Name:\thydrogen\nVmRSS:\t   36864 kB\nThreads:\t7\n")
        #expect(facts.residentBytes == 36_864 * 1024)
        #expect(facts.threads == 7)
    }

    @Test("are unknown where the kernel does not tell")
    func unknown() {
        let facts = ProcessFacts(status: "")
        #expect(facts.residentBytes == nil && facts.threads == nil)
    }

    @Test("this process has some")
    func own() {
        #expect(ProcessFacts().residentBytes ?? 0 > 0)
        #expect(ProcessFacts().threads ?? 0 > 0)
    }
}
