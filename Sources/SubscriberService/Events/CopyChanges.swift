import Catalogue
import HTTP
import Platform
import Synchronization
import Wire

/// What the copy says, to the next subscribers: the lines that it follows are passed on, so that subscribers chain.
final class CopyChanges: ChangeSource {
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

    // MARK: Telling

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
                    feed.restart(
                        farewell: CatalogueFeed<CopyChanges>.end(
                            position.revision, "the catalogue began anew: list again"))
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

    var epoch: Epoch? { copy.position?.epoch }

    /// A bookmark, which says also when this subscriber does not know itself whether there is anything newer.
    func bookmark() -> (position: CataloguePosition, line: SharedBytes)? {
        guard let (position, digests) = copy.bookmark() else { return nil }
        let line = FeedLine.bookmark(position.revision, position.epoch, digests: digests, stale: status.snapshot.stale)
        return (position, SharedBytes(line.encoded + [10]))
    }

    func reachesBack(to revision: Revision) async throws -> Bool { copy.reachesBack(to: revision) }

    func changes(
        after revision: Revision, limit: Int, filter: (@Sendable (String) -> Bool)?
    ) async throws -> ChangePage? {
        try await pool.run { [copy] in
            try copy.page(after: revision, limit: limit, filter ?? { _ in true }).map {
                ChangePage(lines: $0.lines, reached: $0.revision)
            }
        }
    }

    // MARK: Listing

    var groups: [Group] { copy.groups }
    func group(_ name: GroupName) -> Group? { copy.group(name.text) }

    func dataset(_ path: DatasetPath) async throws -> [UInt8] {
        try await pool.run { [copy] in
            guard let dataset = try copy.dataset(path) else { throw copy.unknown(path.text) }
            return WireJSON.encode(dataset)
        }
    }

    func listing(_ question: ListingQuestion, isCompressed: Bool) async throws -> Listing {
        let filter = question.part.filter ?? { @Sendable _ in true }
        let found = await pool.run { [copy] in copy.listing(withKept: question.withKept, filter) }
        guard let (listed, (position, digests)) = found else { throw Refusal.notListedYet }
        let end = FeedLine.bookmark(position.revision, position.epoch, digests: digests).encoded
        let text = CatalogueText(copy: copy, listed: listed, pool: pool, isLines: question.isLines, end: end)
        return Listing(position: position, body: try await text.body(isCompressed: isCompressed))
    }
}
