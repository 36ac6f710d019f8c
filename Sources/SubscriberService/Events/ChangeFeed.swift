import Catalogue
import HTTP
import Platform
import Synchronization
import Wire

/// `GET /api/changes` of a subscriber: it passes on the lines that it follows, so that subscribers chain.
final class ChangeFeed: FeedSource {
    private let copy: CatalogueCopy
    private let pool: BlockingPool
    private let status: BrokerStatus
    private let published = Locked<Published?>(nil)

    private struct Published {
        /// Up to where.
        var position: CatalogueState.Position
        /// The ``CatalogueCopy/start`` of the copy at that time.
        var start: CatalogueState.Position?

        /// Whether revisions behind ``position`` are later changes. They are not in another epoch, nor when a listing ended
        /// before: a broker that was given an older copy of its log counts on from there.
        func goesOn(at position: CatalogueState.Position, from start: CatalogueState.Position?) -> Bool {
            guard position.epoch == self.position.epoch else { return false }
            return start == self.start || start.map { $0.revision >= self.position.revision } ?? true
        }
    }

    init(copy: CatalogueCopy, status: BrokerStatus, pool: BlockingPool) {
        self.copy = copy
        self.status = status
        self.pool = pool
    }

    /// Publishes what the copy takes in.
    ///
    /// After a listing some changes come late, and removals without a line: watchers find out by the next bookmark's
    /// digests and list the group themselves.
    func connect(to feed: Feed) {
        published.withLock { $0 = copy.position.map { Published(position: $0, start: copy.start) } }
        copy.observe { [weak self, weak feed] effects in
            if let self, let feed { publish(effects, to: feed) }
        }
    }

    private func publish(_ effects: [CatalogueState.Effect], to feed: Feed) {
        guard let position = copy.position else { return }
        let entries = effects.compactMap { effect in effect.entry.map { (effect.key, $0.revision, $0.line) } }
            .sorted { $0.1 < $1.1 }
        let start = copy.start
        published.withLock { published in
            guard let known = published, known.goesOn(at: position, from: start) else {
                // Revisions mean nothing to those who watch: they have to list.
                if published != nil {
                    feed.restart(farewell: Self.end(position.revision, "the catalogue began anew: list again"))
                }
                published = Published(position: position, start: start)
                return
            }
            published?.start = start
            let fresh = entries.filter { $0.1 > known.position.revision }
            guard let newest = fresh.last else { return }
            published?.position.revision = newest.1
            feed.publish(fresh.map { FeedEntry(position: $0.1, key: $0.0, bytes: SharedBytes($0.2 + [10])) })
        }
    }

    func open(_ request: FeedRequest) async throws(FeedRefusal) -> FeedSubscription {
        guard let position = copy.position else {
            throw FeedRefusal(503, "the catalogue has not been listed yet: the broker could not be reached so far")
        }
        let question: ChangesQuestion
        do {
            question = try ChangesQuestion(request)
        } catch {
            throw FeedRefusal(error)
        }
        if let since = question.since {
            guard since.epoch == position.epoch.text, copy.reachesBack(to: since.revision) else {
                throw FeedRefusal(410, "the catalogue does not reach back to that revision of that epoch: list again")
            }
        }
        var subscription = FeedSubscription(
            position: question.since?.revision ?? position.revision, contentType: MediaType.lines,
            filter: question.part.filter)
        // The next subscriber does not know whether what it has is current before it has a bookmark.
        subscription.wantsHeartbeat = true
        return subscription
    }

    func page(after position: UInt64, filter: (@Sendable (String) -> Bool)?) async -> FeedPage {
        let found = try? await pool.run { [copy] in
            try copy.page(after: position, limit: 256 << 10, filter ?? { _ in true })
        }
        // Who cannot be told what the disk should have had lists, and learns there what is wrong.
        guard let page = found ?? nil else {
            return .gone(farewell: Self.end(position, "the catalogue does not reach back to that revision: list again"))
        }
        return .entries(SharedBytes(Self.joined(page.lines)), count: page.lines.count, position: page.revision)
    }

    /// A bookmark, which says also when this subscriber does not know itself whether there is anything newer.
    func heartbeat() -> SharedBytes {
        guard let (position, digests) = copy.bookmark() else { return SharedBytes("\n") }
        return SharedBytes(
            FeedLine.bookmark(
                position.revision, position.epoch, digests: digests, stale: status.snapshot.stale
            ).encoded + [10])
    }

    func farewell(position: UInt64) -> SharedBytes {
        Self.end(position, "this watcher reads too slowly; watch again from the last revision that came")
    }

    /// The lines, each with its end.
    static func joined(_ lines: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(lines.saturatingSum { $0.count + 1 })
        for line in lines {
            bytes += line
            bytes.append(10)
        }
        return bytes
    }

    private static func end(_ revision: Revision, _ reason: String) -> SharedBytes {
        SharedBytes(FeedLine.end(revision, reason: reason).encoded + [10])
    }
}
