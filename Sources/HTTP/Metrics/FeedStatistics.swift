public import Metrics
internal import Synchronization

/// What a feed has sent since it started. Counting costs a few additions and takes no lock.
public final class FeedStatistics: Sendable {
    private let watcherCount = Atomic(0)
    /// Entries put on their way, once for each watcher.
    private let entries = Counter()
    /// Bytes written to watchers.
    private let sent = Counter()

    public init() {}

    /// Clients that are watching now.
    public var watchers: Int { watcherCount.load(ordering: .relaxed) }

    func note(entries count: Int) { entries.add(count) }
    func note(sent bytes: Int) { sent.add(bytes) }
    func set(watchers count: Int) { watcherCount.store(count, ordering: .relaxed) }

    /// - Parameter feeds: all that a server has, each with a name.
    public static func metrics(_ feeds: [(name: String, statistics: FeedStatistics)]) -> [MetricFamily] {
        [
            MetricFamily(
                .gauge, "bpubsub_feed_watchers", "Clients that watch a feed now.", by: "feed",
                feeds.map { ($0.name, .count($0.statistics.watchers)) }),
            MetricFamily(
                .counter, "bpubsub_feed_entries", "Lines or events sent, counted once for each client.", by: "feed",
                feeds.map { ($0.name, .count($0.statistics.entries.total)) }),
            MetricFamily(
                .counter, "bpubsub_feed_sent_bytes", unit: .bytes,
                "Bytes sent to those who watch a feed, heads of answers included.", by: "feed",
                feeds.map { ($0.name, .count($0.statistics.sent.total)) }),
        ]
    }
}
