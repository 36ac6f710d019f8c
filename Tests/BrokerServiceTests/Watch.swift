import BrokerService
import Catalogue
import HTTP
import Testing

extension BrokerHarness {
    /// The lines of the feed, as they come; ends where the broker ends it. It is given up when the stream goes.
    func watch(_ query: String = "") -> AsyncThrowingStream<[UInt8], any Error> {
        let (stream, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
        let task = Task {
            do {
                try await client.lines(HTTPClient.Request(url: url + "/api/changes" + query)) { head in
                    if head.status != 200 { throw WatchRefused(status: head.status) }
                } onLine: { line in
                    continuation.yield(line.withUnsafeBytes { Array($0) })
                }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    /// Follows until a bookmark of that revision or a later one; resumes when it was cut off.
    func follow(_ epoch: Epoch, into replica: inout Replica, through revision: Revision) async throws {
        while true {
            for try await line in watch("?epoch=\(epoch)&after=\(replica.revision)") {
                if case .bookmark(let reached, _, let digests, _) = try FeedLine(line: line) {
                    if reached >= revision { return replica.check(digests, at: reached) }
                } else {
                    try replica.apply(line)
                }
            }
        }
    }
}

struct WatchRefused: Error {
    let status: Int
}
