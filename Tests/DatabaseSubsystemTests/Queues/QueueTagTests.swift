import Testing

@testable import DatabaseSubsystem

@Suite struct QueueTagTests {
    @Test(
        "labels read as operators know them",
        arguments: [
            (0, TagSet.all, "DQM-Acuranzo-00-LSMFC"),
            (1, TagSet(.fast), "DQM-Acuranzo-01-F"),
            (12, TagSet(.slow), "DQM-Acuranzo-12-S"),
            (0, TagSet.all.subtracting(TagSet(.fast)).subtracting(TagSet(.slow)), "DQM-Acuranzo-00-LMC"),
        ]
    )
    func labels(number: Int, tags: TagSet, expected: String) {
        #expect(QueueLabel(database: "Acuranzo", number: number, tags: tags).description == expected)
    }

    @Test("URLs name four queues, in small letters, and nothing else")
    func pathComponents() {
        #expect(["slow", "medium", "fast", "cache"].compactMap { QueueTag(pathComponent: $0) } == QueueTag.childTags)
        for other in ["lead", "Fast", "FAST", "", "fast ", "medium/"] {
            #expect(QueueTag(pathComponent: other) == nil)
        }
    }

    @Test(
        "a request may go to a slower queue than the query was declared for, never to a faster one",
        arguments: [
            (QueueTag.fast, QueueTag?.none, QueueTag.fast),
            (.fast, .slow, .slow),
            (.fast, .medium, .medium),
            (.medium, .fast, .medium),
            (.slow, .fast, .slow),
            (.cache, .medium, .medium),
            (.fast, .cache, .fast),
            (.cache, .fast, .cache),
        ]
    )
    func limits(requested: QueueTag, declared: QueueTag?, expected: QueueTag) {
        #expect(requested.limited(by: declared) == expected)
    }
}
