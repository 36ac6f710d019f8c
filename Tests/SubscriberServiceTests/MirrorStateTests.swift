import Catalogue
import Testing

@testable import SubscriberService

/// The state machine alone: no files, no network, no tasks.
@Suite struct MirrorStateTests {
    static func chunks(_ count: Int, length: Int64 = 1 << 20) -> [Manifest.Chunk] {
        Manifest(content: .plain, entries: (0..<count).map { _ in (length, SHA256().finish()) }).chunks
    }

    static func state(_ count: Int) -> MirrorState { MirrorState(present: ChunkSet(capacity: count), heldBytes: 0) }

    @Test func workersShareWhatIsMissingAndEndWhenNothingIs() {
        let chunks = Self.chunks(20)
        var state = Self.state(20)
        state.wantAll(true)
        let result1 = state.workersToStart(chunks)
        #expect(result1 == 3)
        let result2 = state.workersToStart(chunks)
        #expect(result2 == 0)
        let runs = [state.claim(chunks), state.claim(chunks), state.claim(chunks)]
        #expect(runs == [0..<8, 8..<16, 16..<20])
        for run in runs.compactMap({ $0 }) {
            for chunk in run { _ = state.arrived(chunk, length: 1) }
            state.release(run)
            let result3 = state.claim(chunks)
            #expect(result3 == nil)
        }
        #expect(state.isComplete && state.heldBytes == 20)
        state.wantAll(false)
        #expect(state.isIdle)
    }

    @Test func whatAReaderWaitsForGoesFirst() {
        let chunks = Self.chunks(100)
        var state = Self.state(100)
        state.wantAll(true)
        _ = state.workersToStart(chunks)
        let result4 = state.claim(chunks)
        #expect(result4 == 0..<8)
        let token = state.beginReading(50..<52)
        let result5 = state.claim(chunks)
        #expect(result5 == 50..<52)
        state.endReading(token)
        let result6 = state.claim(chunks)
        #expect(result6 == 8..<16)
    }

    @Test func aLongChunkIsARunOfItsOwn() {
        let chunks = Self.chunks(3, length: 100 << 20)
        var state = Self.state(3)
        state.wantAll(true)
        let result7 = state.workersToStart(chunks)
        #expect(result7 == 3)
        let result8 = state.claim(chunks)
        #expect(result8 == 0..<1)
    }

    @Test func nothingIsFetchedThatNobodyWants() {
        let chunks = Self.chunks(10)
        var state = Self.state(10)
        let result9 = state.workersToStart(chunks)
        #expect(result9 == 0)
        let token = state.beginReading(2..<4)
        let result10 = state.workersToStart(chunks)
        #expect(result10 == 1)
        let result11 = state.claim(chunks)
        #expect(result11 == 2..<4)
        state.endReading(token)
        let result12 = state.claim(chunks)
        #expect(result12 == nil)
        state.release(2..<4)
        #expect(state.isIdle)
    }

    @Test func aFailureIsRetriedOnceByOneAndOnlyIfAllIsWanted() {
        let chunks = Self.chunks(40)
        var state = Self.state(40)
        state.wantAll(true)
        let result13 = state.workersToStart(chunks)
        #expect(result13 == 3)
        let runs = [state.claim(chunks), state.claim(chunks)].compactMap { $0 }
        state.release(runs[0])
        let first = state.failed()
        #expect(first.retries)
        state.release(runs[1])
        let second = state.failed()
        #expect(!second.retries)
        // The pause: the third worker finds nothing to do, and a reader still gets what it needs.
        let result14 = state.claim(chunks)
        #expect(result14 == nil)
        _ = state.beginReading(5..<6)
        let result15 = state.workersToStart(chunks)
        #expect(result15 == 1)
        let result16 = state.claim(chunks)
        #expect(result16 == 5..<6)
        state.pauseEnded()
        let result17 = state.workersToStart(chunks)
        #expect(result17 == 2)
    }
}
