import Catalogue
import HTTP
import Platform
import Synchronization

/// Keeps the catalogue copy up to date: lists, then watches, and starts over where that is called for.
struct CatalogueFollower: Sendable {
    /// The base of the broker's URLs.
    let broker: String
    /// The groups to follow; empty for all.
    let groups: [String]
    let client: HTTPClient
    let copy: CatalogueCopy
    let sources: CatalogueSources
    let status: BrokerStatus
    let log: Logger

    /// A feed that says nothing for so long is taken for dead; bookmarks come more often.
    static let silence = Duration.seconds(10)
    /// Bytes of a listing: some millions of datasets.
    private static let listingLimit = 4 << 30

    /// The feed does not reach back to where the copy stands.
    private struct Gone: Error {}
    /// The copy does not agree with the broker on these groups.
    private struct Differs: Error { let groups: [String] }

    func run() async {
        let backoff = Locked(Backoff(from: .milliseconds(50), to: .seconds(2)))
        while !Task.isCancelled {
            do {
                if copy.position == nil { try await list(nil) }
                try await watch { backoff.withLock { $0.reset() } }
            } catch is Gone {
                log.info("the broker's log does not reach back to our revision; listing again")
                copy.losePosition()
            } catch let error as Differs {
                log.warning("the catalogue differs from the broker's; listing again", ["groups": error.groups])
                do { for group in error.groups { try await list(group) } } catch { copy.losePosition() }
            } catch {
                if Task.isCancelled { break }
                status.failed("\(error)", log)
                try? await Task.sleep(for: backoff.withLock { $0.pause() })
            }
        }
    }

    // MARK: -

    private func list(_ group: String?) async throws {
        let prefixes = group.map { [$0 + "/"] } ?? groups.map { $0 + "/" }
        let request = HTTPClient.Request(
            url: broker + "/api/datasets" + query(prefixes.map { ("prefix", $0) }),
            headers: ["Accept": "application/x-ndjson"], idleTimeout: Self.silence, acceptsCompression: true)
        let collected = Locked<(lines: [CatalogueCopy.Line], end: CatalogueState.Position?)>(([], nil))
        let room = Locked(Self.listingLimit)
        try await client.lines(request) { head in
            guard head.status == 200 else {
                throw HTTPError(.badResponse, "the broker at \(broker) answers with status \(head.status)")
            }
        } onLine: { bytes in
            let left = room.withLock { room in
                room -= bytes.byteCount
                return room
            }
            guard left >= 0 else { throw HTTPError(.tooLarge, "the broker's listing is longer than it may be") }
            switch try Self.decode(bytes) {
            case (.change(let revision, let change), let line):
                collected.withLock { $0.lines.append((revision, change, line)) }
            case (.bookmark(let revision, let epoch, _), _):
                collected.withLock { $0.end = .init(epoch: epoch, revision: revision) }
            case (.end(_, let reason), _): throw HTTPError(.badResponse, "the broker ended its listing: \(reason)")
            }
        }
        let (lines, end) = collected.withLock { $0 }
        guard let end else { throw HTTPError(.peerClosed, "the listing of the broker at \(broker) has no end") }
        copy.replace(group: group, by: lines, at: end)
        log.info("listed the catalogue", ["entries": lines.count, "revision": end.revision, "group": group ?? "all"])
    }

    private func watch(_ connected: @escaping @Sendable () -> Void) async throws {
        guard let position = copy.position else { return }
        var parameters = [("epoch", position.epoch.text), ("after", "\(position.revision)")]
        parameters += groups.map { ("prefix", $0 + "/") }
        let request = HTTPClient.Request(
            url: broker + "/api/changes" + query(parameters), headers: ["Accept": "application/x-ndjson"],
            idleTimeout: Self.silence)
        try await findRole()
        try await client.lines(request) { head in
            if head.status == 410 { throw Gone() }
            guard head.status == 200 else {
                throw HTTPError(.badResponse, "the broker at \(broker) answers with status \(head.status)")
            }
            connected()
            status.connected(log)
        } onLine: { bytes in
            status.heard()
            switch try Self.decode(bytes) {
            case (.change(let revision, let change), let line): copy.apply((revision, change, line))
            case (.bookmark(let revision, let epoch, let digests), _):
                let known = copy.position
                guard known?.epoch == epoch else { throw Gone() }
                let differing = copy.advance(to: .init(epoch: epoch, revision: revision), digests: wanted(digests))
                if !differing.isEmpty { throw Differs(groups: differing) }
            case (.end(_, let reason), _): log.info("the broker ends the feed", ["reason": reason])
            }
        }
        throw HTTPError(.peerClosed, "the broker at \(broker) ended the feed")
    }

    /// A subscriber as broker has bytes as well, and is nearer than the publisher.
    private func findRole() async throws {
        let answer = try await client.send(.init(url: broker + "/health", idleTimeout: Self.silence), limit: 4096)
        sources.setUpstream(answer.headers["Bpubsub-Role"] == "subscriber" ? broker : nil)
    }

    private func wanted(_ digests: [String: Digest]) -> [String: Digest] {
        groups.isEmpty ? digests : digests.filter { groups.contains($0.key) }
    }

    private func query(_ parameters: [(String, String)]) -> String {
        let text = parameters.map { "\($0.0)=\(PercentEncoding.query($0.1))" }.joined(separator: "&")
        return text.isEmpty ? "" : "?" + text
    }

    private static func decode(_ bytes: RawSpan) throws -> (FeedLine, [UInt8]) {
        let line = [UInt8](copying: bytes)
        return (try FeedLine(line: line), line)
    }
}
