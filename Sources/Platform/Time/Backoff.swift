/// Growing, jittered pauses between attempts, so that a thousand clients do not come back at once.
public struct Backoff: Sendable {
    private let first: Duration
    private let limit: Duration
    private var next: Duration

    public init(from first: Duration = .milliseconds(100), to limit: Duration = .seconds(5)) {
        self.first = first
        self.limit = limit
        next = first
    }

    /// The pause before the next attempt: between half of and all of a span that doubles each time.
    public mutating func pause() -> Duration {
        let span = next
        next = min(next * 2, limit)
        return span * Double.random(in: 0.5...1)
    }

    /// After a success.
    public mutating func reset() { next = first }
}
