import Catalogue
import HTTP
import Platform
import Synchronization

/// `GET /api/changes` of a subscriber: it passes on the lines that it follows, so that subscribers chain.
final class ChangeFeed: FeedSource {
    private let copy: CatalogueCopy
    private let last = Locked<Revision>(0)

    init(copy: CatalogueCopy) { self.copy = copy }

    /// Publishes what the copy takes in.
    ///
    /// After a listing some changes come late, and removals without a line: watchers find out by the next bookmark's
    /// digests and list the group themselves.
    func connect(to feed: Feed) {
        last.withLock { $0 = copy.position?.revision ?? 0 }
        copy.observe { [weak self, weak feed] effects in
            guard let self, let feed else { return }
            let entries = effects.compactMap { effect in effect.entry.map { (effect.key, $0.revision, $0.line) } }
                .sorted { $0.1 < $1.1 }
            self.last.withLock { last in
                let fresh = entries.filter { $0.1 > last }
                guard let newest = fresh.last else { return }
                last = newest.1
                feed.publish(fresh.map { FeedEntry(position: $0.1, key: $0.0, bytes: SharedBytes($0.2 + [10])) })
            }
        }
    }

    func open(_ request: FeedRequest) async throws(FeedRefusal) -> FeedSubscription {
        guard let position = copy.position else {
            throw FeedRefusal(503, "the catalogue has not been listed yet: the broker could not be reached so far")
        }
        var revision = position.revision
        if let epoch = request.parameter("epoch"), let after = request.parameter("after") {
            guard let wanted = UInt64(after) else { throw FeedRefusal(400, "after is a revision, a whole number") }
            guard epoch == position.epoch.text, copy.page(after: wanted, limit: 0, { _ in false }) != nil else {
                throw FeedRefusal(410, "the catalogue does not reach back to that revision of that epoch: list again")
            }
            revision = wanted
        }
        return FeedSubscription(
            position: revision, contentType: "application/x-ndjson", filter: Self.filter(request.query))
    }

    /// - Returns: `nil` when there is no prefix, so all is wanted.
    static func filter(_ query: [(name: String, value: String)]) -> (@Sendable (String) -> Bool)? {
        let prefixes = query.filter { $0.name == "prefix" }.map(\.value)
        if prefixes.isEmpty { return nil }
        return { key in prefixes.contains { Change.concerns(key: key, prefix: $0) } }
    }

    func page(after position: UInt64, filter: (@Sendable (String) -> Bool)?) async -> FeedPage {
        guard let page = copy.page(after: position, limit: 256 << 10, filter ?? { _ in true }) else {
            return .gone(farewell: Self.end(position, "the catalogue does not reach back to that revision: list again"))
        }
        return .entries(SharedBytes(page.lines.flatMap { $0 + [10] }), position: page.revision)
    }

    func heartbeat() -> SharedBytes {
        guard let (position, digests) = copy.bookmark() else { return SharedBytes("\n") }
        return SharedBytes(
            FeedLine.bookmark(position.revision, position.epoch, digests: digests).encoded + [10])
    }

    func farewell(position: UInt64) -> SharedBytes {
        Self.end(position, "this watcher reads too slowly; watch again from the last revision that came")
    }

    private static func end(_ revision: Revision, _ reason: String) -> SharedBytes {
        SharedBytes(FeedLine.end(revision, reason: reason).encoded + [10])
    }
}
