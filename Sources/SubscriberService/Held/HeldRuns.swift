/// What is held of a dataset's chunks, as runs of their numbers. With too many runs chunks are looked at by groups: a
/// group counts as whole when all of it is, and as partly held or being fetched when something of it is.
struct HeldRuns: Equatable, Sendable {
    /// Runs in each list.
    static let limit = 10_000

    private(set) var whole: [Range<Int>]
    private(set) var partial: [Range<Int>]
    private(set) var fetching: [Range<Int>]
    /// Whether each chunk is as it is said to be.
    let isExact: Bool

    init(_ chunks: HeldChunks, limit: Int = limit) {
        let count = chunks.count
        if let whole = Self.runs(count, limit, where: { chunks.whole.contains($0) }),
            let partial = Self.runs(count, limit, where: { chunks.partial.contains($0) && !chunks.whole.contains($0) }),
            let fetching = Self.runs(
                count, limit, where: { chunks.fetching.contains($0) && !chunks.whole.contains($0) })
        {
            (self.whole, self.partial, self.fetching, isExact) = (whole, partial, fetching, chunks.isExact)
            return
        }
        // Of so many groups each other one begins a run at most.
        let groups = HeldGroups(chunks, size: (count + 2 * limit - 1) / (2 * limit))
        whole = groups.runs { $0 == .whole }
        partial = groups.runs { $0 == .partial }
        fetching = groups.fetchingRuns
        isExact = false
    }

    /// All of so many chunks, or none.
    init(all count: Int, areHeld: Bool) {
        whole = areHeld && count > 0 ? [0..<count] : []
        (partial, fetching, isExact) = ([], [], true)
    }

    /// The runs of numbers below `count` for which `isWanted` holds; `nil` when there are more than `limit`.
    fileprivate static func runs(_ count: Int, _ limit: Int, where isWanted: (Int) -> Bool) -> [Range<Int>]? {
        var runs: [Range<Int>] = []
        var start: Int?
        for number in 0...count {
            let isIn = number < count && isWanted(number)
            if isIn, start == nil {
                guard runs.count < limit else { return nil }
                start = number
            } else if !isIn, let first = start {
                runs.append(first..<number)
                start = nil
            }
        }
        return runs
    }
}

/// Chunks by groups of so many neighbours.
private struct HeldGroups {
    enum State {
        case missing, partial, whole
    }

    private let count: Int
    private let size: Int
    private var states: [State] = []
    private var isFetching: [Bool] = []

    init(_ chunks: HeldChunks, size: Int) {
        (count, self.size) = (chunks.count, size)
        for start in stride(from: 0, to: count, by: size) {
            let group = start..<min(start + size, count)
            let whole = group.count { chunks.whole.contains($0) }
            let isTouched = whole > 0 || group.contains { chunks.partial.contains($0) }
            states.append(whole == group.count ? .whole : isTouched ? .partial : .missing)
            isFetching.append(group.contains { chunks.fetching.contains($0) && !chunks.whole.contains($0) })
        }
    }

    func runs(where isWanted: (State) -> Bool) -> [Range<Int>] { runs { isWanted(states[$0]) } }
    var fetchingRuns: [Range<Int>] { runs { isFetching[$0] } }

    private func runs(_ isWanted: (Int) -> Bool) -> [Range<Int>] {
        let runs = HeldRuns.runs(states.count, states.count, where: isWanted) ?? []
        return runs.map { $0.lowerBound * size..<min($0.upperBound * size, count) }
    }
}
