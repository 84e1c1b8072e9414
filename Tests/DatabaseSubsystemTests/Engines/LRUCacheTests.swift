import HydrogenCore
import Testing

@testable import DatabaseSubsystem

@Suite struct LRUCacheTests {
    @Test("what was used longest ago is given up first, and a look counts as a use")
    func order() {
        var cache = LRUCache<String, Int>(capacity: 3)
        for (key, value) in [("a", 1), ("b", 2), ("c", 3)] { #expect(cache.insert(value, for: key) == nil) }
        #expect(cache.value(for: "a") == 1)
        #expect(cache.insert(4, for: "d") == 2)
        #expect(cache.keys == ["d", "a", "c"])
        #expect(cache.value(for: "b") == nil)
    }

    @Test("replacing a value gives back the former one and keeps the count")
    func replacing() {
        var cache = LRUCache<String, Int>(capacity: 2)
        _ = cache.insert(1, for: "a")
        _ = cache.insert(2, for: "b")
        #expect(cache.insert(10, for: "a") == 1)
        #expect(cache.keys == ["a", "b"])
        #expect(cache.count == 2)
    }

    @Test("a capacity below one is one")
    func smallest() {
        var cache = LRUCache<Int, Int>(capacity: 0)
        _ = cache.insert(1, for: 1)
        #expect(cache.insert(2, for: 2) == 1)
        #expect(cache.keys == [2])
    }

    @Test("it agrees with a plain list over a long random life", arguments: [11, 12, 13] as [UInt64])
    func model(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var cache = LRUCache<Int, Int>(capacity: 5)
        var model: [(key: Int, value: Int)] = []
        for step in 0..<2000 {
            let key = Int.random(in: 0..<9, using: &generator)
            if Bool.random(using: &generator) {
                let place = model.firstIndex { $0.key == key }
                #expect(cache.value(for: key) == place.map { model[$0].value }, "seed \(seed), step \(step)")
                if let place { model.insert(model.remove(at: place), at: 0) }
            } else {
                let place = model.firstIndex { $0.key == key }
                let former =
                    place.map { model.remove(at: $0).value } ?? (model.count == 5 ? model.removeLast().value : nil)
                model.insert((key, step), at: 0)
                #expect(cache.insert(step, for: key) == former, "seed \(seed), step \(step)")
            }
            #expect(cache.keys == model.map(\.key), "seed \(seed), step \(step)")
        }
    }

    @Test("the value of a key is given up, and the others keep their order")
    func removes() {
        var cache = LRUCache<Int, String>(capacity: 3)
        for key in 1...3 { _ = cache.insert("\(key)", for: key) }
        #expect(cache.removeValue(for: 2) == "2")
        #expect(cache.removeValue(for: 2) == nil)
        #expect(cache.keys == [3, 1])
        #expect(cache.removeValue(for: 3) == "3")
        #expect(cache.removeOldest() == "1")
        #expect(cache.count == 0)
    }
}
