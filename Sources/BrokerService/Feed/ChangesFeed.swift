import Catalogue
import HTTP
import Platform
import Synchronization
import Wire

/// The log's side of the feed `GET /api/changes`: where a watcher may begin, and what is older than the feed's memory.
final class ChangesFeed: FeedSource {
    private let log: any ChangeLog
    private let logger: Logger
    private let bookmark: Locked<Bookmark>

    private struct Bookmark {
        let revision: Revision
        let line: SharedBytes

        init(_ state: LogState) {
            revision = state.revision
            line = SharedBytes(state.bookmark + [UInt8(ascii: "\n")])
        }
    }

    init(log: any ChangeLog, logger: Logger) {
        self.log = log
        self.logger = logger
        bookmark = Locked(Bookmark(log.state))
    }

    /// Passes a commit on.
    ///
    /// Under the lock that ``heartbeat()`` takes: a bookmark speaks of all that the feed was given, and of nothing else.
    func pass(_ commit: LogCommit, to feed: Feed) {
        let entries = commit.entries.map(\.feedEntry)
        let new = Bookmark(commit.state)
        bookmark.withLock {
            feed.publish(entries)
            $0 = new
        }
    }

    func open(_ request: FeedRequest) async throws(FeedRefusal) -> FeedSubscription {
        let question: ChangesQuestion
        do {
            question = try ChangesQuestion(request)
        } catch {
            throw FeedRefusal(error)
        }
        let position = try await start(question)
        // A watcher that has everything learns at once that it has.
        let greeting = bookmark.withLock { $0.revision == position ? $0.line : nil }
        var subscription = FeedSubscription(
            position: position, contentType: MediaType.lines, greeting: greeting, filter: question.part.filter)
        // One that has not, as soon as it has: until then it does not know whether what it has is current.
        subscription.wantsHeartbeat = greeting == nil
        return subscription
    }

    private func start(_ question: ChangesQuestion) async throws(FeedRefusal) -> Revision {
        guard let since = question.since else { return bookmark.withLock { $0.revision } }
        let (epoch, revision) = (since.epoch, since.revision)
        guard epoch == log.epoch.text else {
            throw FeedRefusal(410, "the epoch '\(epoch.prefix(64))' is not this log's: list the catalogue again")
        }
        let page: LogPage
        do {
            page = try await log.changes(after: revision, limit: 0, filter: nil)
        } catch {
            logger.error("the log cannot be read", ["error": error])
            throw FeedRefusal(503, "the broker cannot read its log at the moment: try again later")
        }
        if case .gone = page {
            throw FeedRefusal(
                410, "the log cannot say what happened after revision \(revision): list the catalogue again")
        }
        return revision
    }

    func page(after position: UInt64, filter: (@Sendable (String) -> Bool)?) async -> FeedPage {
        do {
            switch try await log.changes(after: position, limit: 256 * 1024, filter: filter) {
            case .gone:
                let reason = "the log has forgotten what comes next: list the catalogue again"
                return .gone(farewell: Self.end(position, reason))
            case .entries(let entries, let reached):
                return .entries(Self.joined(entries), count: entries.count, position: reached)
            }
        } catch {
            logger.error("the log cannot be read", ["error": error])
            return .gone(
                farewell: Self.end(position, "the log cannot be read: resume later after revision \(position)"))
        }
    }

    private static func joined(_ entries: [LogEntry]) -> SharedBytes {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.saturatingSum { $0.line.count + 1 })
        for entry in entries {
            bytes += entry.line
            bytes.append(UInt8(ascii: "\n"))
        }
        return SharedBytes(bytes)
    }

    func heartbeat() -> SharedBytes { bookmark.withLock { $0.line } }

    func farewell(position: UInt64) -> SharedBytes {
        Self.end(position, "the lines are not read fast enough: resume after revision \(position)")
    }

    private static func end(_ revision: Revision, _ reason: String) -> SharedBytes {
        SharedBytes(FeedLine.end(revision, reason: reason).encoded + [UInt8(ascii: "\n")])
    }
}

extension LogEntry {
    /// The entry as the feed sends it, to all watchers.
    fileprivate var feedEntry: FeedEntry {
        FeedEntry(position: revision, key: key, bytes: SharedBytes(line + [UInt8(ascii: "\n")]))
    }
}
