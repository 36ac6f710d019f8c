/// Counts how often something took how long, from any thread and without a lock.
public final class DurationHistogram: Sendable {
    /// Upper bounds of the buckets, in seconds; longer ones are in a last bucket without a bound.
    public static let bounds = [0.0001, 0.00025, 0.001, 0.0025, 0.01, 0.025, 0.1, 0.25, 1, 2.5, 10]
    private static let nanosecondBounds = bounds.map { Int64($0 * 1e9) }

    /// What was counted until a moment.
    public struct Snapshot: Sendable {
        /// The bound of each bucket, infinity last, and how many took no longer.
        public let cumulative: [(bound: Double, count: Int64)]
        /// All of them together.
        public let seconds: Double
        public var count: Int64 { cumulative.last?.count ?? 0 }
    }

    private let buckets = (0...bounds.count).map { _ in Counter() }
    private let nanoseconds = Counter()

    public init() {}

    public func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let time = max(0, seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        var bucket = 0
        while bucket < Self.nanosecondBounds.count, time > Self.nanosecondBounds[bucket] { bucket += 1 }
        buckets[bucket].add()
        nanoseconds.add(time)
    }

    public var snapshot: Snapshot {
        var sum: Int64 = 0
        let cumulative = zip(Self.bounds + [.infinity], buckets).map { bound, bucket in
            sum += bucket.total
            return (bound, sum)
        }
        return Snapshot(cumulative: cumulative, seconds: Double(nanoseconds.total) / 1e9)
    }
}
