import Catalogue
import HTTP
import Platform
import Synchronization
import Wire

/// What the log says, to those who read the catalogue and watch it.
final class LogChanges: ChangeSource {
    private let log: any ChangeLog
    private let leases: LeaseKeeper
    private let listings: Listings
    private let told: Locked<Bookmark>

    private struct Bookmark {
        let revision: Revision
        let line: SharedBytes

        init(_ state: LogState) {
            revision = state.revision
            line = SharedBytes(state.bookmark + [UInt8(ascii: "\n")])
        }
    }

    init(log: any ChangeLog, leases: LeaseKeeper, listings: Listings) {
        self.log = log
        self.leases = leases
        self.listings = listings
        told = Locked(Bookmark(log.state))
    }

    /// Passes a commit on.
    ///
    /// Under the lock that ``bookmark()`` takes: a bookmark speaks of all that the feed was given, and of nothing else.
    func pass(_ commit: LogCommit, to feed: Feed) {
        let entries = commit.entries.map(\.feedEntry)
        let new = Bookmark(commit.state)
        told.withLock {
            feed.publish(entries)
            $0 = new
        }
    }

    var epoch: Epoch? { log.epoch }

    func bookmark() -> (position: CataloguePosition, line: SharedBytes)? {
        told.withLock { (CataloguePosition(epoch: log.epoch, revision: $0.revision), $0.line) }
    }

    var groups: [Group] { leases.groups }
    func group(_ name: GroupName) -> Group? { leases.group(name) }

    func dataset(_ path: DatasetPath) async throws -> [UInt8] {
        let entry: LogEntry?
        do { entry = try await log.entry(of: path.text) } catch { throw Refusal(error) }
        guard let entry else { throw Refusal(404, "there is no dataset '\(path)'") }
        return Array(entry.value)
    }

    func listing(_ question: ListingQuestion, isCompressed: Bool) async throws -> Listing {
        // A log keeps nothing beside what it tells: with it, and without, a listing is one text.
        let all = ListingQuestion(question.part, isLines: question.isLines, withKept: true)
        return try await listings.listing(ListingForm(question: all, isCompressed: isCompressed))
    }

    func reachesBack(to revision: Revision) async throws -> Bool {
        if case .gone = try await log.changes(after: revision, limit: 0, filter: nil) { return false }
        return true
    }

    func changes(
        after revision: Revision, limit: Int, filter: (@Sendable (String) -> Bool)?
    ) async throws -> ChangePage? {
        switch try await log.changes(after: revision, limit: limit, filter: filter) {
        case .gone: nil
        case .entries(let entries, let reached): ChangePage(lines: entries.map(\.line), reached: reached)
        }
    }
}

extension LogEntry {
    /// The entry as the feed sends it, to all watchers.
    fileprivate var feedEntry: FeedEntry {
        FeedEntry(position: revision, key: key, bytes: SharedBytes(line + [UInt8(ascii: "\n")]))
    }
}
