import Testing

@testable import SubscriberService

/// However many chunks there are and however they are held, an answer about them stays short.
@Suite struct HeldRunsTests {
    private static func set(_ capacity: Int, _ numbers: some Sequence<Int>) -> ChunkSet {
        var set = ChunkSet(capacity: capacity)
        for number in numbers { set.insert(number) }
        return set
    }

    private static func chunks(
        _ count: Int, whole: some Sequence<Int> = [], partial: some Sequence<Int> = [],
        fetching: some Sequence<Int> = []
    ) -> HeldChunks {
        HeldChunks(whole: set(count, whole), partial: set(count, partial), fetching: set(count, fetching))
    }

    @Test func neighboursMakeARun() {
        let runs = HeldRuns(Self.chunks(10, whole: [0, 1, 2, 9], partial: [2, 4], fetching: [4, 5, 9]))
        #expect(runs.whole == [0..<3, 9..<10])
        #expect(runs.partial == [4..<5] && runs.fetching == [4..<6], "what is whole is nothing else as well")
        #expect(runs.isExact)
        #expect(HeldRuns(Self.chunks(0)) == HeldRuns(all: 0, areHeld: true))
        #expect(HeldRuns(Self.chunks(7, whole: 0..<7)) == HeldRuns(all: 7, areHeld: true))
    }

    @Test func tooManyRunsBecomeFewerThatSayLess() {
        // Groups of two.
        let runs = HeldRuns(
            Self.chunks(20, whole: [0, 1, 3, 5, 7, 9, 11], partial: [14], fetching: [19]), limit: 5)
        #expect(!runs.isExact)
        #expect(runs.whole == [0..<2] && runs.partial == [2..<12, 14..<16] && runs.fetching == [18..<20])
        #expect(HeldRuns(Self.chunks(20, whole: [1, 3, 5, 7, 9]), limit: 5).isExact)
    }

    @Test(arguments: [2, 3, 60, 101]) func aMillionChunksHaveAShortAnswer(_ step: Int) {
        let count = 1_000_003
        let runs = HeldRuns(
            Self.chunks(
                count, whole: stride(from: 0, to: count, by: step), partial: stride(from: 1, to: count, by: step)))
        #expect(max(runs.whole.count, runs.partial.count) <= HeldRuns.limit)
        #expect(runs.isExact == (step == 101))
        #expect((runs.whole + runs.partial).allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= count })
        #expect(runs.partial.last?.upperBound ?? 0 > count - 2 * 101)
    }
}
