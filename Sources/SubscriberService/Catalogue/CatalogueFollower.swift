import Catalogue
import Digests
import HTTP
import Platform
import Storage
import Synchronization
import Wire

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
    static let silence = BrokerStatus.longestSilence

    /// The feed does not reach back to where the copy stands.
    private struct Gone: Error {}
    /// The copy does not agree with the broker on these groups.
    private struct Differs: Error { let groups: [String] }

    func run() async {
        let backoff = Locked(Backoff(from: .milliseconds(20), to: .seconds(2)))
        while !Task.isCancelled {
            do {
                if copy.position == nil { try await list(nil) }
                try await watch()
            } catch is Gone {
                status.unsure()
                log.info("the broker's log does not reach back to our revision; listing again")
                copy.losePosition()
            } catch let error as Differs {
                status.unsure()
                log.warning("the catalogue differs from the broker's; listing again", ["groups": error.groups])
                do { for group in error.groups { try await list(group) } } catch { copy.losePosition() }
            } catch let error as StorageError {
                log.error(
                    "the catalogue cannot be written; what is held is served, and it is tried again", ["error": error])
                status.failed("\(error)", log)
            } catch {
                if Task.isCancelled { break }
                // A connection that does not last is not sought more often because it comes about, nor is a broker that
                // lets itself be asked and then contradicts itself.
                if status.failed("\(error)", log) { backoff.withLock { $0.reset() } }
            }
            try? await Task.sleep(for: backoff.withLock { $0.pause() })
        }
    }

    // MARK: -

    private func list(_ group: String?) async throws {
        let prefixes = group.map { [$0 + "/"] } ?? groups.map { $0 + "/" }
        // Not of one group: what is kept of it is kept.
        let question = ListingQuestion(CataloguePart(prefixes: prefixes), withKept: group == nil)
        let request = HTTPClient.Request(
            url: broker + question.target, headers: question.headers, idleTimeout: Self.silence,
            acceptsCompression: true)
        let listed = Locked<(count: Int, end: CatalogueState.Position?)>((0, nil))
        copy.beginListing()
        try await client.lines(request) { head in
            guard head.status == 200 else {
                throw HTTPError(.badResponse, "the broker at \(broker) answers with \(head)")
            }
        } onLine: { bytes in
            let line = [UInt8](copying: bytes)
            switch try FeedLine(line: line) {
            // What is not there need not be listed.
            case .change(_, .delete): break
            case .change(let revision, let change):
                try checkRoom(for: (revision, change, line))
                try copy.applyListed((revision, change, line))
                listed.withLock { $0.count += 1 }
            case .bookmark(let revision, let epoch, _, _):
                listed.withLock { $0.end = .init(epoch: epoch, revision: revision) }
            case .kept(let kept):
                try checkRoom(for: (kept.revision, kept.change, line))
                try copy.applyListed(kept)
            case .end(_, let reason): throw HTTPError(.badResponse, "the broker ended its listing: \(reason)")
            }
        }
        let (count, end) = listed.withLock { $0 }
        guard let end else { throw HTTPError(.peerClosed, "the listing of the broker at \(broker) has no end") }
        let before = copy.keptGroups
        copy.endListing(of: group, at: end, known: status.snapshot.known)
        let newlyKept = copy.keptGroups.filter { !before.contains($0) }
        if !newlyKept.isEmpty {
            log.warning(
                "the broker has another log, or an older copy of it: what it does not have is kept until its publishers have "
                    + "announced all; POST /api/forget forgets a group that will not come back",
                ["groups": newlyKept.prefix(10), "count": newlyKept.count])
        }
        log.info("listed the catalogue", ["entries": count, "revision": end.revision, "group": group ?? "all"])
    }

    private func watch() async throws {
        guard let position = copy.position else { return }
        let question = ChangesQuestion(CataloguePart(prefixes: groups.map { $0 + "/" }), since: position)
        let request = HTTPClient.Request(
            url: broker + question.target, headers: ChangesQuestion.headers, idleTimeout: Self.silence)
        try await findRole()
        try await client.lines(request) { head in
            if head.status == 410 { throw Gone() }
            guard head.status == 200 else {
                throw HTTPError(.badResponse, "the broker at \(broker) answers with \(head)")
            }
            status.connected(log)
        } onLine: { bytes in
            status.heard()
            // A subscriber that has no catalogue to speak of shows by an empty line that it is alive.
            guard bytes.byteCount > 0 else { return status.unsure() }
            let line = [UInt8](copying: bytes)
            switch try FeedLine(line: line) {
            case .change(let revision, let change):
                try checkRoom(for: (revision, change, line))
                try copy.apply((revision, change, line), isNews: !status.snapshot.isInDoubt)
            case .bookmark(let revision, let epoch, let digests, let stale):
                guard copy.position?.epoch == epoch else { throw Gone() }
                let differing = copy.advance(to: .init(epoch: epoch, revision: revision), digests: wanted(digests))
                if !differing.isEmpty { throw Differs(groups: differing) }
                status.agreed(stale: stale)
                copy.noteKnown(Timestamp.now.seconds - (status.snapshot.lag ?? 0))
            // Only listings have them.
            case .kept: break
            case .end(_, let reason): log.info("the broker ends the feed", ["reason": reason])
            }
        }
        throw HTTPError(.peerClosed, "the broker at \(broker) ended the feed")
    }

    private func checkRoom(for line: CatalogueCopy.Line) throws {
        if copy.hasRoom(for: line) { return }
        // What no broker tells of any more goes first.
        if copy.forgetKept(), copy.hasRoom(for: line) { return }
        throw HTTPError(.tooLarge, "the broker has more datasets and groups than this subscriber takes in")
    }

    /// A subscriber as broker has bytes as well, and is nearer than the publisher.
    private func findRole() async throws {
        let answer = try await client.send(
            .init(url: broker + RoutePath.health.fixed, idleTimeout: Self.silence), limit: 4096)
        sources.setUpstream(answer.headers[ProtocolHeader.role] == ProtocolHeader.subscriber ? broker : nil)
    }

    private func wanted(_ digests: [String: Digest]) -> [String: Digest] {
        groups.isEmpty ? digests : digests.filter { groups.contains($0.key) }
    }
}
