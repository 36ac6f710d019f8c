import Platform
import Testing

@testable import HTTP

@Suite struct FeedRingTests {
    private func frame(_ position: UInt64, _ size: Int = 10) -> FeedFrame {
        FeedFrame(FeedEntry(position: position, key: nil, bytes: SharedBytes([UInt8](repeating: 1, count: size))))
    }

    private func positions(_ ring: FeedRing, after position: UInt64) -> [UInt64] {
        var result: [UInt64] = []
        ring.forEach(after: position) { frame in
            result.append(frame.position)
            return true
        }
        return result
    }

    @Test func knowsWhatItHasFromTheFirstEntryOn() {
        var ring = FeedRing(limit: 10_000)
        #expect(ring.base == nil && ring.last == nil)
        for position: UInt64 in [7, 9, 20] { ring.append(frame(position)) }
        #expect(ring.base == 6 && ring.origin == 6 && ring.last == 20)
        #expect(positions(ring, after: 6) == [7, 9, 20])
        #expect(positions(ring, after: 8) == [9, 20])
        #expect(positions(ring, after: 20) == [])
    }

    @Test func forgetsTheOldestBeyondItsLimit() {
        var ring = FeedRing(limit: 10_000)
        for position in 1...1000 { ring.append(frame(UInt64(position))) }
        let kept = positions(ring, after: 0)
        #expect(kept == Array(kept[0]...1000) && kept.count < 100)
        #expect(ring.base == kept[0] - 1 && ring.origin == 0 && ring.last == 1000)
        ring.append(frame(1001, 20_000))
        #expect(positions(ring, after: 0) == [] && ring.base == 1001 && ring.last == 1001)
        ring.append(frame(1002))
        #expect(positions(ring, after: 0) == [1002] && ring.base == 1001)
    }

    @Test func whatWasLostIsNotTakenForNothing() {
        var ring = FeedRing(limit: 10_000)
        ring.lose(through: 50)
        // Nobody knows where the lost entries began.
        #expect(ring.base == 50 && ring.last == 50 && ring.origin == nil)
        ring.append(frame(51))
        #expect(ring.origin == nil && positions(ring, after: 50) == [51])
        ring.lose(through: 60)
        #expect(ring.base == 60 && positions(ring, after: 0) == [])
    }

    @Test func positionsThatDoNotGrowAreIgnored() {
        var ring = FeedRing(limit: 10_000)
        for position: UInt64 in [5, 5, 4, 6] { ring.append(frame(position)) }
        #expect(positions(ring, after: 0) == [5, 6])
    }
}
