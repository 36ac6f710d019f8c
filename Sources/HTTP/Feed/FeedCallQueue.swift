internal import Platform

/// Calls of the source that are under way or wait for their turn.
struct FeedCallQueue {
    enum Call {
        case open(FeedRequest)
        case page
    }

    /// More at a time would only wait for each other in the source.
    private static let limit = 64

    private var waiting = Queue<(token: UInt64, call: Call)>()
    private var active = 0

    var count: Int { active + waiting.count }

    mutating func append(_ token: UInt64, _ call: Call) { waiting.append((token, call)) }

    /// The next call that may begin now.
    mutating func next() -> (token: UInt64, call: Call)? {
        guard active < Self.limit, let next = waiting.popFirst() else { return nil }
        active += 1
        return next
    }

    /// A call that ``next()`` returned is over.
    mutating func ended() { active -= 1 }
}
