import Catalogue
import Digests
import HTTP
import Platform
import Synchronization
import Wire

/// `GET /api/events`: server-sent events for people's tools: `change`, `progress`, `held`, `followed`, `status`.
///
/// An event's id is the run of the process and a number; who comes back with an id that is no longer in memory gets an
/// event `reset` first, and should ask for the present state.
final class EventFeed: FeedSource {
    private struct Shared {
        var position: UInt64 = 0
        var feed: Feed?
    }

    private let run = SecureRandom.hexadecimal(bytes: 4)
    private let shared = Locked(Shared())

    /// `nil` ends the telling: the feed keeps this source, so this source must let go of the feed.
    func connect(to feed: Feed?) {
        shared.withLock { shared in
            shared.feed = feed
            guard let feed else { return }
            // A feed that has had no entry cannot tell a watcher who has all from one whom it must send away.
            shared.position += 1
            feed.publish([FeedEntry(position: shared.position, key: nil, bytes: heartbeat())])
        }
    }

    /// Whether anybody watches now.
    var isWatched: Bool { shared.withLock { $0.feed?.watcherCount ?? 0 } > 0 }

    // MARK: Telling

    func change(_ effects: [CatalogueState.Effect]) {
        for effect in effects {
            if case .kept = effect { continue }
            let line =
                effect.entry?.line
                ?? FeedLine.change(0, .delete((try? DatasetPath(effect.key)) ?? Self.nowhere)).encoded
            publish("change", key: effect.key, json: line)
        }
    }

    /// Never published: effects without a line are removals of datasets, whose keys are paths.
    private static var nowhere: DatasetPath {
        guard let path = try? DatasetPath("unknown/unknown") else { preconditionFailure("a valid path") }
        return path
    }

    func progress(_ progress: MirrorProgress) {
        publish("progress", key: progress.path.text, json: WireJSON.encode(progress))
    }

    func publish(_ name: String, key: String?, json: [UInt8]) {
        shared.withLock { shared in
            shared.position += 1
            let head = "id: \(id(shared.position))\nevent: \(name)\ndata: "
            let entry = FeedEntry(
                position: shared.position, key: key, bytes: SharedBytes(Array(head.utf8) + json + [10, 10]))
            // Inside the lock, so that the entries reach the feed in their order.
            shared.feed?.publish([entry])
        }
    }

    // MARK: FeedSource

    func open(_ request: FeedRequest) async throws(FeedRefusal) -> FeedSubscription {
        let patterns: [PathPattern]
        do {
            patterns = try EventsQuestion.patterns(request)
        } catch {
            throw FeedRefusal(Refusal(error, service: "a subscriber") ?? Refusal(400, "\(error)"))
        }
        let now = position
        var position = now
        // Who loses the connection comes back after a second: browsers would wait for three.
        var greeting = "retry: 1000\n: bpubsub\n\n"
        if let last = request.headers["Last-Event-ID"] {
            let parts = last.split(separator: "-")
            if parts.count == 2, parts[0] == run, let seen = UInt64(parts[1]), seen <= now {
                position = seen
            } else {
                greeting += reset(now)
            }
        }
        var subscription = FeedSubscription(
            position: position, contentType: MediaType.events, greeting: SharedBytes(greeting))
        if !patterns.isEmpty {
            let groups = Set(patterns.map { ExactText($0.group) })
            subscription.filter = { key in
                groups.contains(ExactText(key)) || patterns.contains { $0.matches(key) }
            }
        }
        return subscription
    }

    func page(after position: UInt64, filter: (@Sendable (String) -> Bool)?) async -> FeedPage {
        .gone(farewell: farewell(position: position))
    }

    func heartbeat() -> SharedBytes { SharedBytes(": \n\n") }
    func farewell(position: UInt64) -> SharedBytes { SharedBytes(reset(self.position)) }

    private var position: UInt64 { shared.withLock { $0.position } }
    private func id(_ position: UInt64) -> String { "\(run)-\(position)" }
    /// With an id: who comes back with that one is not sent away again.
    private func reset(_ position: UInt64) -> String { "id: \(id(position))\nevent: reset\ndata: {}\n\n" }
}
