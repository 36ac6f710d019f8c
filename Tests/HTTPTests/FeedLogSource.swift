import HTTP
import Platform
import Synchronization

/// A feed's source that remembers everything: positions count from 1, lines are `POSITION KEY`.
final class FeedLogSource: FeedSource {
    struct State {
        var keys: [String] = []
        var pages = 0
        /// Positions up to here are forgotten.
        var forgotten: UInt64 = 0
        var greeting: String?
    }

    let state = Locked(State())
    private let gate: Signal?

    /// - Parameter gate: What each page waits for.
    init(gate: Signal? = nil) { self.gate = gate }

    static func line(_ position: UInt64, _ key: String) -> String { "\(position) \(key)\n" }

    /// Records and publishes, in order also when several tasks do it.
    func add(_ keys: [String], to feed: Feed) {
        state.withLock { state in
            let entries = keys.map { key in
                state.keys.append(key)
                let position = UInt64(state.keys.count)
                return FeedEntry(position: position, key: key, bytes: SharedBytes(Self.line(position, key)))
            }
            feed.publish(entries)
        }
    }

    func open(_ request: FeedRequest) async throws(FeedRefusal) -> FeedSubscription {
        guard let after = UInt64(request.parameter("after") ?? "0") else {
            throw FeedRefusal(400, "after must be a number")
        }
        let (forgotten, greeting) = state.withLock { ($0.forgotten, $0.greeting) }
        guard after >= forgotten else { throw FeedRefusal(410, "list again: \(request.path)") }
        var filter: (@Sendable (String) -> Bool)?
        if let prefix = request.parameter("prefix") { filter = { $0.hasPrefix(prefix) } }
        return FeedSubscription(
            position: after, contentType: "application/x-ndjson", greeting: greeting.map { SharedBytes($0) },
            filter: filter)
    }

    func page(after position: UInt64, filter: (@Sendable (String) -> Bool)?) async -> FeedPage {
        await gate?.wait()
        let (keys, forgotten) = state.withLock { state in
            state.pages += 1
            return (state.keys, state.forgotten)
        }
        if position < forgotten { return .gone(farewell: SharedBytes("gone\n")) }
        let end = max(position, min(position + 100, UInt64(keys.count)))
        var text = "", count = 0
        for next in position..<end {
            let key = keys[Int(next)]
            guard filter.map({ $0(key) }) ?? true else { continue }
            text += Self.line(next + 1, key)
            count += 1
        }
        return .entries(SharedBytes(text), count: count, position: end)
    }

    func heartbeat() -> SharedBytes { SharedBytes("alive\n") }
    func farewell(position: UInt64) -> SharedBytes { SharedBytes("resume \(position)\n") }
}
