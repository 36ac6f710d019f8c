internal import Catalogue
internal import HTTP
internal import Platform
internal import Synchronization
internal import Wire

/// Writes datasets' bytes to standard output, one after the other, for a program that reads them there.
struct StreamDownload: Sendable {
    let subscriber: Subscriber
    let output: any TextOutput

    /// Answers in a row that bring nothing, until it is given up.
    private static let attemptLimit = 6

    private struct State {
        var sent: Int64 = 0
        var expected: Int64?
        var tag: String?
        var refusal: (status: Int, body: [UInt8])?
    }

    private final class Progress: Sendable {
        let state = Locked(State())
    }

    func write(_ path: DatasetPath) async throws {
        let progress = Progress()
        var backoff = Backoff(), attempts = 0
        while true {
            let before = progress.state.withLock { $0.sent }
            do {
                try await writeOnce(path, progress)
                return
            } catch let error as HTTPError where [.peerClosed, .timeout, .cannotConnect].contains(error.code) {
                let (sent, expected) = progress.state.withLock { ($0.sent, $0.expected) }
                if expected == sent { return }
                attempts = sent > before ? 1 : attempts + 1
                if sent > before { backoff.reset() }
                if attempts >= Self.attemptLimit { throw subscriber.failure(error) }
                try await Task.sleep(for: backoff.pause())
            } catch let error as HTTPError {
                throw subscriber.failure(error)
            }
        }
    }

    private func writeOnce(_ path: DatasetPath, _ progress: Progress) async throws {
        var headers = Subscriber.headers
        let start = progress.state.withLock { ($0.sent, $0.tag) }
        if let tag = start.1 {
            headers["Range"] = "bytes=\(start.0)-"
            headers["If-Range"] = tag
        }
        let request = HTTPClient.Request(
            url: subscriber.url + RoutePath.bytes.of(path.text), headers: headers,
            idleTimeout: .seconds(60))
        _ = try await subscriber.http.receive(request) { head in
            guard head.status == 200 || head.status == 206 else {
                return progress.state.withLock { $0.refusal = (head.status, []) }
            }
            if start.0 > 0, head.status == 200 {
                throw ClientError(
                    .incomplete, "\(path) has changed while it was written to standard output: start again")
            }
            let length = head.headers["Content-Length"].flatMap { Int64($0) }
            progress.state.withLock { progress in
                progress.tag = head.headers["ETag"]
                progress.expected = length.map { $0.addingReportingOverflow(start.0).partialValue }
            }
        } onBytes: { bytes in
            let copy = [UInt8](copying: bytes)
            let isRefused = progress.state.withLock { progress in
                if progress.refusal != nil, (progress.refusal?.body.count ?? 0) < 64 * 1024 {
                    progress.refusal?.body += copy
                }
                return progress.refusal != nil
            }
            if isRefused { return }
            try output.write(SharedBytes(copy))
            progress.state.withLock { $0.sent += Int64(copy.count) }
        }
        if let refusal = progress.state.withLock({ $0.refusal }) {
            throw subscriber.refusal(refusal.status, refusal.body)
        }
    }
}
