internal import HTTP
internal import Metrics
internal import Platform

/// What a publisher tells of itself at `GET /metrics`; `docs/metrics.md` explains each.
struct PublisherMetrics: Sendable {
    let files: PublishedFiles
    let statistics: Statistics
    let standing: BrokerStanding
    let server: ServerStatistics

    var families: [MetricFamily] { folder + broker + server.metrics }

    private var folder: [MetricFamily] {
        [
            MetricFamily(.gauge, "bpubsub_publisher_datasets", "Files that are published.", .count(files.count)),
            MetricFamily(
                .gauge, "bpubsub_publisher_versions", "Different contents among them.", .count(files.versionCount)),
            MetricFamily(
                .gauge, "bpubsub_publisher_scanned",
                "1 once the folder has been walked: before, what is gone cannot be told from what was not seen yet.",
                .flag(files.isWalked)),
            MetricFamily(
                .gauge, "bpubsub_publisher_pending_files", "Files that wait to be read, or are being read.",
                .count(files.pendingCount)),
            MetricFamily(
                .counter, "bpubsub_publisher_files_read", "How often a file was read to find out its version.",
                .count(statistics.filesRead)),
            MetricFamily(
                .counter, "bpubsub_publisher_digested_bytes", unit: .bytes, "Bytes of the files that were read so.",
                .count(statistics.bytesRead)),
            MetricFamily(
                .counter, "bpubsub_publisher_served_bytes", unit: .bytes, "Bytes of datasets read for others.",
                .count(statistics.bytesServed)),
        ]
    }

    private var broker: [MetricFamily] {
        let snapshot = standing.snapshot, now = ContinuousClock.now
        return [
            MetricFamily(
                .gauge, "bpubsub_publisher_broker_connected",
                "1 while the publisher holds its group at the broker and announces.", .flag(snapshot.isConnected)),
            MetricFamily(
                .gauge, "bpubsub_publisher_broker_lag_seconds", unit: .seconds,
                "Time since the broker last gave or renewed the lease; no number before the first.",
                snapshot.silence(now: now).map { .real($0) }),
            MetricFamily(
                .gauge, "bpubsub_publisher_lease_remaining_seconds", unit: .seconds,
                "Time until the group goes offline unless the lease is renewed; no number before the first.",
                snapshot.leaseRest(now: now).map { .real($0) }),
            MetricFamily(
                .gauge, "bpubsub_publisher_unannounced_files", "Files whose change waits to be told to the broker.",
                .count(files.unannouncedCount)),
        ]
    }
}
