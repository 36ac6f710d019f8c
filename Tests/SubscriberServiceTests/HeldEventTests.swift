import Catalogue
import HTTP
import Platform
import Synchronization
import TestSupport
import Testing
import Wire

@testable import SubscriberService

/// Who watches sees what is held as it comes.
@Suite(.patient) struct HeldEventTests {
    private struct Event: Decodable {
        let path: String
        let version: Version
        let held: Int64
    }

    private struct Enough: Error {}

    /// The events `held` of a stream from its greeting on, with when they came, until `isEnough`; `act` begins once the
    /// stream is open.
    private static func events(
        _ subscriber: TestSubscriber, _ act: @escaping @Sendable () async throws -> Void,
        until isEnough: @escaping @Sendable ([Event]) -> Bool
    ) async throws -> [(event: Event, time: ContinuousClock.Instant)] {
        let lines = Recorder<String>(), found = Recorder<(event: Event, time: ContinuousClock.Instant)>()
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await subscriber.client.lines(.init(url: subscriber.url + "/api/events")) { _ in
                    } onLine: { bytes in
                        let all = lines.append(String(decoding: [UInt8](copying: bytes), as: UTF8.self))
                        guard all.suffix(2).first == "event: held", let data = all.last?.suffix(after: "data: ") else {
                            return
                        }
                        let event = try WireJSON.decode(Event.self, from: Array(data.utf8))
                        if isEnough(found.append((event, .now)).map(\.event)) { throw Enough() }
                    }
                }
                group.addTask {
                    // The greeting shows that the events to come will be seen.
                    try await Eventually.holds("the stream is open") { !lines.all.isEmpty }
                    try await act()
                }
                try await group.waitForAll()
            }
        } catch is Enough {}
        return found.all
    }

    @Test func aDownloadIsToldAsItComesAndNotTooOften() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            let content = noise(30_000_000, seed: 4)
            let version = try await network.publish("a.bin", content)
            try await subscriber.waitForList(["a.bin"])
            let begun = ContinuousClock.now
            let found = try await Self.events(subscriber) {
                try await subscriber.download("a.bin")
            } until: {
                $0.last?.held == 30_000_000
            }
            #expect(found.allSatisfy { $0.event.path == "foo/a.bin" && $0.event.version == version })
            let last = try #require(found.last)
            #expect(last.event.held == 30_000_000)
            // What the client reads late it may read at once: not each pause can be measured here. But all that was sent was
            // sent after the beginning and before the last was read, however long that took.
            let allowed = 2 + Int((last.time - begun) / HeldEvents.interval)
            #expect(found.count <= allowed, "\(found.count) events in \(last.time - begun)")
        }
    }

    @Test func theLastBlocksOfASliceAreTold() async throws {
        try await SliceTests.with { _, subscriber, _ in
            let held = Locked<Int64>(-1)
            _ = try await Self.events(subscriber) {
                _ = try await subscriber.slice("cube.b2nd", "16:20, 64:80, 80:112")
                let answer = try await subscriber.json("/api/held/foo/cube.b2nd")
                guard case .integer(let bytes)? = answer["held"] else { throw TestFailure("\(answer)") }
                held.withLock { $0 = bytes }
                _ = try await subscriber.slice("cube.b2nd", "0, 0, 0")
            } until: { events in
                // Of the second slice, too, which came right behind the first.
                held.withLock { $0 > 0 && events.last?.held ?? 0 > $0 }
            }
        }
    }

    @Test func nothingIsToldWhileNobodyWatches() async throws {
        try await SliceTests.with { _, subscriber, _ in
            try await subscriber.download("cube.b2nd")
            let id = try await HostileClientTests.firstID(subscriber, after: nil)
            let run = try #require(id.split(separator: "-").first)
            let lines = try await HostileClientTests.lines(subscriber, after: "\(run)-1") {
                $0.contains { $0.hasPrefix("data: \"last\"") }
            }
            #expect(lines.contains("event: progress") && !lines.contains("event: held"))
        }
    }
}
