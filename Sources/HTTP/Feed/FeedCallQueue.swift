/// Calls of the source that are under way or wait for their turn.
struct FeedCallQueue {
    enum Call {
        case open(FeedRequest)
        case page
    }

    /// More at a time would only wait for each other in the source.
    private static let limit = 64

    private var waiting: [(token: UInt64, call: Call)] = []
    private var head = 0
    private var active = 0

    var count: Int { active + waiting.count - head }

    mutating func append(_ token: UInt64, _ call: Call) { waiting.append((token, call)) }

    /// The next call that may begin now.
    mutating func next() -> (token: UInt64, call: Call)? {
        guard active < Self.limit, head < waiting.count else { return nil }
        defer {
            head += 1
            if head == waiting.count {
                waiting = []
                head = 0
            } else if head > 64, head * 2 > waiting.count {
                waiting.removeFirst(head)
                head = 0
            }
        }
        active += 1
        return waiting[head]
    }

    /// A call that ``next()`` returned is over.
    mutating func ended() { active -= 1 }
}
