/// The last entries of a feed, bounded in bytes.
struct FeedRing {
    private let limit: Int
    private var frames: [FeedFrame] = []
    private var head = 0
    private var cost = 0

    /// Every entry behind this position has been published, and is here; `nil` until something is published.
    private(set) var base: UInt64?
    /// The ``base`` before anything was forgotten; `nil` also when the first entries were lost.
    private(set) var origin: UInt64?
    /// The position of the last entry that was published.
    private(set) var last: UInt64?

    init(limit: Int) { self.limit = limit }

    /// An entry that does not come after all others is not one: positions grow.
    mutating func append(_ frame: FeedFrame) {
        if let last, frame.position <= last { return }
        if base == nil {
            base = frame.position &- 1
            origin = base
        }
        last = frame.position
        frames.append(frame)
        cost += frame.cost
        while cost > limit, head < frames.count { forgetFirst() }
    }

    /// Entries up to `position` were published, and are nowhere.
    mutating func lose(through position: UInt64) {
        if let last, position <= last { return }
        while head < frames.count { forgetFirst() }
        base = position
        last = position
    }

    private mutating func forgetFirst() {
        base = frames[head].position
        cost -= frames[head].cost
        head += 1
        if head > 64, head * 2 > frames.count {
            frames.removeFirst(head)
            head = 0
        }
    }

    /// Hands the entries behind `position`, in order, to `body` until it returns false.
    func forEach(after position: UInt64, _ body: (FeedFrame) -> Bool) {
        var low = head, high = frames.count
        while low < high {
            let middle = (low + high) / 2
            if frames[middle].position <= position { low = middle + 1 } else { high = middle }
        }
        while low < frames.count, body(frames[low]) { low += 1 }
    }
}
