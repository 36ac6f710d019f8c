import Platform
import Testing

@Suite struct RecentCacheTests {
    @Test func whatWasUsedLeastRecentlyGoesFirst() {
        var cache = RecentCache<String, Int>(costLimit: 3)
        for (key, value) in [("a", 1), ("b", 2), ("c", 3)] { cache.keep(value, for: key) }
        let used = cache.use("a")
        cache.keep(4, for: "d")
        let left = ["a", "b", "c", "d"].map { cache.use($0) }
        #expect(used == 1 && left == [1, nil, 3, 4])
    }

    @Test func theLastOneStaysWhateverItCosts() {
        var cache = RecentCache<Int, String>(costLimit: 10)
        cache.keep("small", for: 1, cost: 5)
        cache.keep("huge", for: 2, cost: .max)
        cache.keep("huge", for: 3, cost: .max)
        #expect(cache.count == 1)
        cache.keep("small", for: 4, cost: 5)
        let left = [1, 2, 3, 4].map { cache.use($0) }
        #expect(left == [nil, nil, nil, "small"] && cache.cost == 5)
    }

    @Test func aValueTakesThePlaceOfTheOneBefore() {
        var cache = RecentCache<Int, Int>(costLimit: 100, countLimit: 2)
        cache.keep(1, for: 1, cost: 60)
        cache.keep(2, for: 1, cost: 30)
        #expect(cache.count == 1 && cache.cost == 30)
        let removed = cache.remove(1), again = cache.remove(1)
        #expect(removed == 2 && again == nil && cache.cost == 0)
        for key in 0..<5 { cache.keep(key, for: key) }
        let left = (0..<5).map { cache.use($0) }
        #expect(left == [nil, nil, nil, 3, 4])
    }

    /// Against the same done slowly.
    @Test func anythingInAnyOrder() {
        var random = Xorshift(state: 0x5eed)
        var cache = RecentCache<Int, Int>(costLimit: 50, countLimit: 12)
        var slow: [(key: Int, value: Int, cost: Int)] = []
        for value in 0..<20_000 {
            let key = Int(random.next() % 30), cost = Int(random.next() % 12)
            switch random.next() % 4 {
            case 0:
                let found = cache.use(key)
                let index = slow.firstIndex { $0.key == key }
                #expect(found == index.map { slow[$0].value })
                if let index { slow.append(slow.remove(at: index)) }
            case 1:
                let removed = cache.remove(key)
                let index = slow.firstIndex { $0.key == key }
                #expect(removed == index.map { slow[$0].value })
                if let index { slow.remove(at: index) }
            default:
                cache.keep(value, for: key, cost: cost)
                slow.removeAll { $0.key == key }
                slow.append((key, value, cost))
                while slow.count > 1, slow.count > 12 || slow.map(\.cost).reduce(0, +) > 50 { slow.removeFirst() }
            }
            #expect(cache.count == slow.count && cache.cost == slow.map(\.cost).reduce(0, +))
        }
    }

    private struct Xorshift {
        var state: UInt64
        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }
}
