import Catalogue
import HTTP
import Metrics
import Wire

/// What a subscriber tells of itself at `GET /metrics`; `docs/metrics.md` explains each.
struct SubscriberMetrics: Sendable {
    /// Groups that have a number of their own. With more of them the collector would have as many series, each for ever.
    static let groupLimit = 100

    let status: StatusRoutes
    let server: ServerStatistics
    let changes: FeedStatistics
    let events: FeedStatistics

    var families: [MetricFamily] {
        let cache = status.cache.use, status = status.current
        return Self.catalogue(status) + Self.mirrors(status.mirrors) + Self.transfers(status.transfers)
            + Self.cache(cache) + server.metrics
            + FeedStatistics.metrics([("changes", changes), ("events", events)])
    }

    private static func catalogue(_ status: SubscriberStatus) -> [MetricFamily] {
        let online = status.groups.count { $0.group.online }
        return [
            MetricFamily(
                .gauge, "bpubsub_subscriber_broker_connected", "1 while the broker's feed is followed.",
                .flag(status.broker.connected)),
            MetricFamily(
                .gauge, "bpubsub_subscriber_broker_lag_seconds", unit: .seconds,
                "Time since what is here was known to be current; no number before the first time.",
                status.broker.lag.map { .real($0) }),
            MetricFamily(
                .gauge, "bpubsub_subscriber_in_doubt", "1 while nobody knows whether there is anything newer.",
                .flag(status.broker.stale != nil)),
            MetricFamily(
                .gauge, "bpubsub_subscriber_revision", "The broker's revision up to which all is known.",
                status.broker.revision.map { .count($0) }),
            MetricFamily(
                .gauge, "bpubsub_subscriber_groups", "Groups that are known, by whether their publisher is there.",
                by: "state", [("online", .count(online)), ("offline", .count(status.groups.count - online))]),
            MetricFamily(
                .gauge, "bpubsub_subscriber_publisher_online",
                "1 while the group's publisher is there; of the first \(groupLimit) groups by name.", by: "group",
                status.groups.prefix(groupLimit).map { ($0.group.name, .flag($0.group.online)) }),
            MetricFamily(
                .gauge, "bpubsub_subscriber_publisher_lag_seconds", unit: .seconds,
                "Time for which nothing has been heard of the group's publisher.", by: "group",
                status.groups.prefix(groupLimit).compactMap { status in
                    status.lag.map { (status.group.name, .real($0)) }
                }),
            MetricFamily(
                .gauge, "bpubsub_subscriber_datasets", "Datasets that the catalogue has.", .count(status.datasets)),
            MetricFamily(
                .gauge, "bpubsub_subscriber_followed_patterns", "Names and patterns that are followed.",
                .count(status.followed.count)),
        ]
    }

    private static func mirrors(_ mirrors: SubscriberStatus.Mirrors) -> [MetricFamily] {
        [
            MetricFamily(
                .gauge, "bpubsub_subscriber_mirrors", "Versions of which something is held, by whether all of it is.",
                by: "state",
                [("complete", .count(mirrors.complete)), ("partial", .count(mirrors.count - mirrors.complete))]),
            MetricFamily(
                .gauge, "bpubsub_subscriber_held_bytes", unit: .bytes, "Bytes of datasets that are held.",
                .count(mirrors.bytes)),
            MetricFamily(
                .gauge, "bpubsub_subscriber_mirrored_size_bytes", unit: .bytes,
                "Size of the versions of which something is held.", .count(mirrors.size)),
            MetricFamily(
                .gauge, "bpubsub_subscriber_held_limit_bytes", unit: .bytes,
                "Bytes of datasets that may be held; no number without a limit.", mirrors.limit.map { .count($0) }),
        ]
    }

    private static func transfers(_ transfers: SubscriberStatus.Transfers) -> [MetricFamily] {
        [
            MetricFamily(
                .gauge, "bpubsub_subscriber_running_transfers", "Datasets that are being completed.",
                .count(transfers.running)),
            MetricFamily(
                .counter, "bpubsub_subscriber_publisher_requests", "Requests sent to publishers.",
                .count(transfers.requests ?? 0)),
            MetricFamily(
                .counter, "bpubsub_subscriber_fetched_bytes", unit: .bytes,
                "Bytes received from publishers: manifests, chunks and blocks.", .count(transfers.fetchedBytes)),
            MetricFamily(
                .counter, "bpubsub_subscriber_saved_bytes", unit: .bytes,
                "Bytes of new versions that were copied from older ones and not fetched.",
                .count(transfers.savedBytes)),
            MetricFamily(
                .counter, "bpubsub_subscriber_rejected_chunks", "Chunks and answers that failed their digests.",
                .count(transfers.rejectedChunks)),
        ]
    }

    private static func cache(_ cache: SubscriberStatus.Cache) -> [MetricFamily] {
        [
            MetricFamily(
                .counter, "bpubsub_subscriber_cache_hits", "Requests answered with an answer that was kept.",
                .count(cache.hits)),
            MetricFamily(
                .counter, "bpubsub_subscriber_cache_misses", "Answers made because none was kept, and kept then.",
                .count(cache.misses)),
            MetricFamily(.gauge, "bpubsub_subscriber_cache_answers", "Answers that are kept.", .count(cache.answers)),
            MetricFamily(
                .gauge, "bpubsub_subscriber_cache_bytes", unit: .bytes, "Bytes of the answers that are kept.",
                .count(cache.bytes)),
            MetricFamily(
                .gauge, "bpubsub_subscriber_cache_limit_bytes", unit: .bytes,
                "Bytes of answers that are kept at most.", .count(cache.limit)),
        ]
    }
}
