import Testing

@testable import SubscriberService

@Suite struct ChunkSetTests {
    @Test(arguments: [0, 1, 63, 64, 65, 1000])
    func isFullWhenEachChunkIsIn(capacity: Int) throws {
        var set = ChunkSet(capacity: capacity)
        for index in (0..<capacity).reversed() {
            #expect(!set.isFull)
            #expect(set.firstMissing(in: 0..<capacity, and: ChunkSet(capacity: set.capacity)) == 0)
            let first = set.insert(index), second = set.insert(index)
            #expect(first && !second)
        }
        #expect(set.isFull && set.count == capacity)
        #expect(set.firstMissing(in: 0..<capacity, and: ChunkSet(capacity: set.capacity)) == nil)
        #expect(ChunkSet(encoded: set.encoded, capacity: capacity) == set)
    }

    @Test func findsHoles() {
        var set = ChunkSet(capacity: 200)
        for index in 0..<200 where index != 70 && index != 130 { set.insert(index) }
        #expect(set.firstMissing(in: 0..<200, and: ChunkSet(capacity: set.capacity)) == 70)
        #expect(set.firstMissing(in: 71..<200, and: ChunkSet(capacity: set.capacity)) == 130)
        #expect(set.firstMissing(in: 71..<130, and: ChunkSet(capacity: set.capacity)) == nil)
        set.remove(5)
        #expect(set.firstMissing(in: 0..<200, and: ChunkSet(capacity: set.capacity)) == 5)
    }

    @Test func findsWhatIsInNeitherOfTwo() {
        var set = ChunkSet(capacity: 200), other = ChunkSet(capacity: 200)
        for index in 0..<150 { if index % 2 == 0 { set.insert(index) } else { other.insert(index) } }
        #expect(set.firstMissing(in: 3..<200, and: other) == 150)
        #expect(set.firstMissing(in: 3..<150, and: other) == nil)
    }

    @Test func refusesTheSetOfAnotherCapacity() {
        let set = ChunkSet(capacity: 100)
        #expect(ChunkSet(encoded: set.encoded, capacity: 200) == nil)
        #expect(ChunkSet(encoded: Array(repeating: 255, count: 16), capacity: 100) == nil)
        #expect(ChunkSet(encoded: [], capacity: 1) == nil)
    }
}
