import Metrics

/// What went over the network, and what did not have to.
final class TransferCounters: Sendable {
    private let requestCount = Counter()
    private let fetchedBytes = Counter()
    private let savedBytes = Counter()
    private let rejectedChunks = Counter()

    /// A request to a publisher is sent.
    func asked() { requestCount.add() }
    func fetched(_ bytes: Int64) { fetchedBytes.add(bytes) }
    /// Bytes of a new version that were copied from an older mirror.
    func saved(_ bytes: Int64) { savedBytes.add(bytes) }
    func rejected() { rejectedChunks.add() }

    var requests: Int64 { requestCount.total }
    var fetched: Int64 { fetchedBytes.total }
    var saved: Int64 { savedBytes.total }
    var rejections: Int64 { rejectedChunks.total }
}
