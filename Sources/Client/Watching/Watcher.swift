internal import Catalogue
internal import HTTP
internal import Platform
internal import Synchronization
internal import Wire

/// Follows a subscriber's events for as long as it is let, across lost connections.
final class Watcher: Sendable {
    private let subscriber: Subscriber
    private let patterns: [String]
    private let print: @Sendable ([WatchedState.Found]) throws -> Void
    private let state = Locked(WatchedState())
    private let parser = Locked(EventParser())

    /// - Parameter print: called with changes, in order, from one thread at a time.
    init(
        _ subscriber: Subscriber, _ patterns: [String], print: @Sendable @escaping ([WatchedState.Found]) throws -> Void
    ) {
        self.subscriber = subscriber
        self.patterns = patterns
        self.print = print
    }

    /// - Parameter onTrouble: told when the connection is lost, and when it is there again.
    /// - Throws: when the first connection fails, when the subscriber refuses, and what `print` throws.
    func run(onTrouble: @Sendable @escaping (String) -> Void) async throws {
        var backoff = Backoff()
        var hasConnected = false
        while true {
            let reached = Flag()
            let start = ContinuousClock.now
            do {
                try await follow { [hasConnected] in
                    reached.set()
                    if hasConnected { onTrouble("connected to \(self.subscriber.url) again") }
                }
                throw HTTPError(.peerClosed, "it ended the stream")
            } catch let error as HTTPError {
                if error.code == .cancelled { throw CancellationError() }
                guard reached.isSet || hasConnected else { throw subscriber.failure(error) }
                // A subscriber that ends every connection is not asked ten times a second.
                if ContinuousClock.now - start > .seconds(5) { backoff.reset() }
                if reached.isSet || !hasConnected {
                    onTrouble("lost the connection to \(subscriber.url); connecting again")
                }
                hasConnected = true
                try await Task.sleep(for: backoff.pause())
            } catch let error as ClientError where hasConnected || (reached.isSet && error.code == .unreachable) {
                // A subscriber that starts may refuse for a while.
                hasConnected = true
                try await Task.sleep(for: backoff.pause())
            }
        }
    }

    /// One connection, until it ends; the listing is taken once its events flow, so that nothing falls between.
    private func follow(onConnection: @Sendable @escaping () -> Void) async throws {
        state.withLock { $0.connect() }
        parser.withLock { $0 = EventParser() }
        let (connected, connection) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { connection.finish() }
                try await self.receive {
                    onConnection()
                    connection.yield()
                }
            }
            group.addTask {
                for await _ in connected { try await self.takeListing() }
            }
            try await group.waitForAll()
        }
    }

    private func receive(onConnection: @Sendable @escaping () -> Void) async throws {
        var headers = Subscriber.headers
        headers["Accept"] = MediaType.events
        let request = HTTPClient.Request(
            url: subscriber.url + EventsQuestion.target(patterns), headers: headers, idleTimeout: .seconds(60))
        let refused = Locked<(status: Int, lines: [UInt8])?>(nil)
        try await subscriber.http.lines(
            request,
            onHead: { head in
                if head.status == 200 { return onConnection() }
                refused.withLock { $0 = (head.status, []) }
            },
            onLine: { line in
                let bytes = [UInt8](copying: line)
                let isRefused = refused.withLock { refused in
                    guard let status = refused?.status, let lines = refused?.lines else { return false }
                    if lines.count < 64 * 1024 { refused = (status, lines + bytes) }
                    return true
                }
                if !isRefused { try self.take(bytes) }
            })
        if let refused = refused.withLock({ $0 }) { throw subscriber.refusal(refused.status, refused.lines) }
    }

    private func take(_ line: [UInt8]) throws {
        guard let event = try parser.withLock({ (parser) throws(ClientError) in try parser.take(line) }),
            event.name == "change"
        else { return }
        // A line of a kind that this version does not know is not for it.
        guard case .change(_, let change)? = try? FeedLine(line: event.data) else { return }
        try emit { $0.take(change, line: event.data) }
    }

    private func takeListing() async throws {
        let listing = try await subscriber.longList(patterns).map(\.dataset)
        let groups = try await subscriber.groups().filter { isWatched($0.name) }
        try emit { $0.take(listing, groups) }
    }

    private func isWatched(_ group: String) -> Bool {
        // Patterns that are none were refused by the subscriber already.
        let patterns = patterns.compactMap { try? PathPattern($0) }
        return patterns.isEmpty || patterns.contains { $0.group.hasBytes(of: group) || $0.matches(group) }
    }

    private func emit(_ step: (inout WatchedState) -> [WatchedState.Found]) throws {
        // Printed under the lock: in the order in which the state took it, and no faster than somebody reads it. The only
        // other thread that may wait for the lock has nothing to do but to print, either.
        try state.withLock { state in
            let found = step(&state)
            if !found.isEmpty { try print(found) }
        }
    }
}
