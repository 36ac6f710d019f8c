import Catalogue
import HTTP
import Metrics

/// What a broker tells of itself at `GET /metrics`; `docs/metrics.md` explains each.
struct BrokerMetrics: Sendable {
    let log: any ChangeLog
    let leases: LeaseKeeper
    /// Blocks.
    let logBytes: @Sendable () -> Int64
    let acceptedChanges: Counter
    let server: ServerStatistics
    let feed: FeedStatistics

    /// Blocks: looks at the log's files.
    var families: [MetricFamily] { catalogue + server.metrics + FeedStatistics.metrics([("changes", feed)]) }

    private var catalogue: [MetricFamily] {
        let groups = leases.groups
        let online = groups.count { $0.online }
        return [
            MetricFamily(
                .gauge, "bpubsub_broker_groups", "Groups that the catalogue has, by whether their publisher is there.",
                by: "state", [("online", .count(online)), ("offline", .count(groups.count - online))]),
            MetricFamily(
                .gauge, "bpubsub_broker_datasets", "Datasets that the catalogue has, those of offline groups included.",
                .count(log.datasetCount)),
            MetricFamily(
                .gauge, "bpubsub_broker_revision", "The revision of the last change; starts anew with a new log.",
                .count(log.state.revision)),
            MetricFamily(
                .counter, "bpubsub_broker_accepted_changes",
                "Changes of datasets that publishers have announced and that are on disk.",
                .count(acceptedChanges.total)),
            MetricFamily(
                .gauge, "bpubsub_broker_log_bytes", unit: .bytes, "Size of the files that hold the log.",
                .count(logBytes())),
        ]
    }
}
