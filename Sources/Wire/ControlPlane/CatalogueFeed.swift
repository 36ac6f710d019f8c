package import Catalogue
package import HTTP
package import Platform

/// `GET /api/changes`: what a ``ChangeSource`` says has happened, and what happens. Who publishes to the feed is the source.
package final class CatalogueFeed<Source: ChangeSource>: FeedSource {
    private let source: Source
    private let log: Logger

    /// Bytes of a page.
    private static var pageLimit: Int { 256 << 10 }

    package init(_ source: Source, log: Logger) {
        self.source = source
        self.log = log
    }

    package func open(_ request: FeedRequest) async throws(FeedRefusal) -> FeedSubscription {
        do {
            return try await subscription(ChangesQuestion(request))
        } catch let refusal as Refusal {
            throw FeedRefusal(refusal)
        } catch {
            log.error("what has happened cannot be read", ["error": error])
            throw FeedRefusal(503, "what has happened cannot be read at the moment: try again later")
        }
    }

    private func subscription(_ question: ChangesQuestion) async throws -> FeedSubscription {
        guard let (position, line) = source.bookmark() else { throw Refusal.notListedYet }
        if let since = question.since {
            guard since.epoch == position.epoch.text else {
                throw Refusal(410, "the epoch '\(since.epoch.prefix(64))' is not the catalogue's: list it again")
            }
            guard try await source.reachesBack(to: since.revision) else {
                throw Refusal(
                    410,
                    "nobody knows any more what happened after revision \(since.revision): list the catalogue again")
            }
        }
        let revision = question.since?.revision ?? position.revision
        // A watcher that has everything learns at once that it has.
        let greeting = revision == position.revision ? line : nil
        var subscription = FeedSubscription(
            position: revision, contentType: MediaType.lines, greeting: greeting, filter: question.part.filter)
        // One that has not, as soon as it has: until then it does not know whether what it has is current.
        subscription.wantsHeartbeat = greeting == nil
        return subscription
    }

    package func page(after position: UInt64, filter: (@Sendable (String) -> Bool)?) async -> FeedPage {
        do {
            guard let page = try await source.changes(after: position, limit: Self.pageLimit, filter: filter) else {
                let reason = "nobody knows any more what happened after revision \(position): list the catalogue again"
                return .gone(farewell: Self.end(position, reason))
            }
            return .entries(Self.joined(page.lines), count: page.lines.count, position: page.reached)
        } catch {
            log.error("what has happened cannot be read", ["error": error])
            let reason = "what has happened cannot be read: resume later after revision \(position)"
            return .gone(farewell: Self.end(position, reason))
        }
    }

    private static func joined(_ lines: [[UInt8]]) -> SharedBytes {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(lines.saturatingSum { $0.count + 1 })
        for line in lines {
            bytes += line
            bytes.append(UInt8(ascii: "\n"))
        }
        return SharedBytes(bytes)
    }

    /// An empty line shows as well that the connection is alive.
    package func heartbeat() -> SharedBytes { source.bookmark()?.line ?? SharedBytes("\n") }

    package func farewell(position: UInt64) -> SharedBytes {
        Self.end(position, "the lines are not read fast enough: resume after revision \(position)")
    }

    /// The last line of a watcher.
    package static func end(_ revision: Revision, _ reason: String) -> SharedBytes {
        SharedBytes(FeedLine.end(revision, reason: reason).encoded + [UInt8(ascii: "\n")])
    }
}

extension Refusal {
    /// Nobody knows yet what exists.
    package static let notListedYet = Refusal(
        503, "the catalogue has not been listed yet: the broker could not be reached so far")
}
