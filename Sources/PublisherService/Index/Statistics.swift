internal import Synchronization

/// What the publisher has done since it started.
public final class Statistics: Sendable {
    private let reads = Atomic(0)
    private let bytes = Atomic(Int64(0))
    private let servedBytesCount = Atomic(Int64(0))

    /// How often a file was read to make its version.
    public var filesRead: Int { reads.load(ordering: .relaxed) }
    public var bytesRead: Int64 { bytes.load(ordering: .relaxed) }
    /// Bytes of datasets that were sent to others.
    public var bytesServed: Int64 { servedBytesCount.load(ordering: .relaxed) }

    func noteRead(bytes count: Int64) {
        reads.wrappingAdd(1, ordering: .relaxed)
        bytes.wrappingAdd(count, ordering: .relaxed)
    }

    func noteServed(bytes count: Int) { servedBytesCount.wrappingAdd(Int64(count), ordering: .relaxed) }
}
