import Catalogue
import Digests
import Testing

@testable import SubscriberService

/// The state machine alone: no files, no network, no tasks.
@Suite struct MirrorStateTests {
    static func chunks(_ count: Int, length: Int64 = 1 << 20) -> [Manifest.Chunk] {
        Manifest(content: .plain, entries: (0..<count).map { _ in (length, SHA256().finish()) }).chunks
    }

    static func state(_ count: Int) -> MirrorState { MirrorState(present: ChunkSet(capacity: count), heldBytes: 0) }

    /// Starts as many workers as it may; none of them claims anything yet.
    static func start(_ state: inout MirrorState, _ chunks: [Manifest.Chunk]) -> Int {
        var count = 0
        while state.startsWorker(chunks) { count += 1 }
        return count
    }

    @Test func workersShareWhatIsMissingAndEndWhenNothingIs() {
        let chunks = Self.chunks(20)
        var state = Self.state(20)
        state.wantAll(true)
        let workers = Self.start(&state, chunks), more = Self.start(&state, chunks)
        #expect(workers == MirrorState.workerLimit && more == 0)
        var runs = [state.claim(chunks), state.claim(chunks)].compactMap { $0 }
        #expect(runs == [0..<8, 8..<16])
        for (number, run) in runs.enumerated() {
            for chunk in run { _ = state.arrived(chunk, length: 1) }
            state.release(run)
            if number == 0, let next = state.claim(chunks) { runs.append(next) }
        }
        #expect(runs.last == 16..<20)
        for chunk in 16..<20 { _ = state.arrived(chunk, length: 1) }
        state.release(16..<20)
        for _ in 0..<workers {
            let nothing = state.claim(chunks)
            #expect(nothing == nil)
        }
        #expect(state.isComplete && state.heldBytes == 20)
        state.wantAll(false)
        #expect(state.isIdle)
    }

    @Test func whatAReaderWaitsForGoesFirst() {
        let chunks = Self.chunks(100)
        var state = Self.state(100)
        state.wantAll(true)
        _ = Self.start(&state, chunks)
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
        let result7 = Self.start(&state, chunks)
        #expect(result7 == MirrorState.workerLimit)
        let result8 = state.claim(chunks)
        #expect(result8 == 0..<1)
    }

    @Test func nothingIsFetchedThatNobodyWants() {
        let chunks = Self.chunks(10)
        var state = Self.state(10)
        let result9 = Self.start(&state, chunks)
        #expect(result9 == 0)
        let token = state.beginReading(2..<4)
        let result10 = state.startsWorker(chunks)
        #expect(result10)
        let result11 = state.claim(chunks)
        #expect(result11 == 2..<4)
        state.endReading(token)
        let result12 = state.claim(chunks)
        #expect(result12 == nil)
        state.release(2..<4)
        #expect(state.isIdle)
    }

    @Test func aFailureIsToldOnceAndEndsWhatNobodyWaitsFor() {
        let chunks = Self.chunks(40)
        var state = Self.state(40)
        state.wantAll(true)
        _ = Self.start(&state, chunks)
        let runs = [state.claim(chunks), state.claim(chunks)].compactMap { $0 }
        state.release(runs[0])
        let first = state.failed()
        state.release(runs[1])
        let second = state.failed()
        #expect(first.gaveUp && !second.gaveUp)
        #expect(state.isIdle)
        // Nobody starts for all of it, and a reader still gets what it needs.
        let none = state.startsWorker(chunks)
        _ = state.beginReading(5..<6)
        let one = state.startsWorker(chunks)
        let run = state.claim(chunks)
        let second2 = state.startsWorker(chunks)
        #expect(!none && one && run == 5..<6 && !second2)
        state.wantAll(true)
        let rest = Self.start(&state, chunks)
        #expect(rest == MirrorState.workerLimit - 1)
    }

    @Test func aCompleteMirrorIsIdleWhateverIsWanted() {
        let chunks = Self.chunks(1)
        var state = Self.state(1)
        _ = state.arrived(0, length: 1)
        state.wantAll(true)
        let starts = state.startsWorker(chunks)
        #expect(state.isIdle && !starts)
    }
}
