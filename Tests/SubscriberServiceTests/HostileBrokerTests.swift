import Catalogue
import Digests
import HTTP
import Platform
import Synchronization
import TestSupport
import Testing

@testable import SubscriberService

/// Brokers that contradict themselves are asked again, and not without end.
@Suite(.patient) struct HostileBrokerTests {
    /// A broker whose answers are written by hand.
    final class HandMadeBroker: Sendable {
        let epochs = [Epoch.random(), Epoch.random()]
        let requests = Recorder<(path: String, at: ContinuousClock.Instant)>()
        let listing: @Sendable (HandMadeBroker) -> [FeedLine]
        let feed: @Sendable (HandMadeBroker) -> [FeedLine]

        init(
            listing: @escaping @Sendable (HandMadeBroker) -> [FeedLine],
            feed: @escaping @Sendable (HandMadeBroker) -> [FeedLine]
        ) {
            self.listing = listing
            self.feed = feed
        }

        func answer(_ request: HTTPRequest) -> HTTPResponse {
            requests.append((request.path, .now))
            switch request.path {
            case "/api/datasets": return lines(listing(self))
            case "/api/changes": return lines(feed(self))
            default: return HTTPResponse(body: .bytes(SharedBytes("{}")))
            }
        }

        private func lines(_ lines: [FeedLine]) -> HTTPResponse {
            HTTPResponse(
                headers: ["Content-Type": "application/x-ndjson"],
                body: .bytes(SharedBytes(lines.flatMap { $0.encoded + [10] })))
        }

        func count(_ path: String) -> Int { requests.all.count { $0.path == path } }
    }

    static func put(_ path: String, _ revision: Revision, size: Int64 = 1) throws -> FeedLine {
        let version = Manifest(content: .plain, entries: [(max(size, 0), SHA256().finish())]).version
        return .change(revision, .put(Dataset(path: try DatasetPath(path), version: version, size: size, modified: 0)))
    }

    static func with(
        _ broker: HandMadeBroker, _ body: @Sendable (TestSubscriber) async throws -> Void
    ) async throws {
        try await Network.with { network in
            let url = try network.serve { broker.answer($0) }
            try await body(try await network.subscriber("hostile", broker: url))
        }
    }

    /// The time that so many listings, or attempts to watch, take.
    static func pace(_ broker: HandMadeBroker, _ path: String, _ count: Int) async throws -> Duration {
        try await Eventually.holds("\(path) is asked \(count) times") { broker.count(path) >= count }
        let times = broker.requests.all.filter { $0.path == path }.map(\.at)
        return times[count - 1] - times[0]
    }

    @Test func wrongDigestsAreNoEndlessLoop() async throws {
        let line = try Self.put("foo/a", 1)
        let broker = HandMadeBroker { broker in
            [line, .bookmark(1, broker.epochs[0], digests: [:])]
        } feed: { broker in
            [.bookmark(1, broker.epochs[0], digests: ["foo": SHA256().finish()])]
        }
        try await Self.with(broker) { subscriber in
            let time = try await Self.pace(broker, "/api/datasets", 9)
            #expect(time > .milliseconds(600), "nine listings in \(time)")
            #expect(try await subscriber.list() == ["foo/a"])
        }
    }

    /// `size` bytes in two chunks, with a header that says otherwise.
    static func array(_ path: String, _ revision: Revision, size: Int64, compressed: Int64) throws -> FeedLine {
        guard case .change(_, .put(var dataset)) = try put(path, revision, size: size) else {
            return .end(0, reason: "")
        }
        dataset.kind = .array
        dataset.array = ArrayMetadata(shape: [200], chunks: [100], blocks: [50], dtype: "uint8")
        dataset.frame = FrameMetadata(
            nbytes: .max, cbytes: compressed, chunkSize: .max, blockSize: .max, typeSize: 1, chunkCount: 1, codec: 0,
            codecMeta: 0, compressionLevel: 0, filters: [], filtersMeta: [], splitMode: 0, usesDictionary: false)
        return .change(revision, .put(dataset))
    }

    @Test func sizesThatNoDiskHasCostNothing() async throws {
        let largest = Dataset.sizes.upperBound
        let lines = [
            try Self.put("foo/file", 1, size: largest), try Self.array("foo/array", 2, size: largest, compressed: .max),
            try Self.array("foo/nothing", 3, size: 1, compressed: 0),
        ]
        let broker = HandMadeBroker { broker in
            lines + [.bookmark(3, broker.epochs[0], digests: [:])]
        } feed: { _ in
            []
        }
        try await Self.with(broker) { subscriber in
            try await subscriber.wait("all are listed") { try await subscriber.list().count == 3 }
            for name in ["file", "array", "nothing"] {
                for route in ["info", "explain", "held"] {
                    let answer = try await subscriber.get("/api/\(route)/foo/\(name)")
                    #expect(answer.status == 200, "\(route) of \(name): \(answer.text)")
                }
                let slice = try await subscriber.client.send(
                    .init(url: subscriber.url + "/api/explain/foo/\(name)?slice_=0:200"))
                #expect(slice.status == 200, "a slice of \(name): \(slice.text)")
            }
            #expect(try await subscriber.get("/api/info/foo").status == 200)
        }
    }

    @Test(arguments: [Int64.max, -1, .min])
    func sizesThatCannotBeCountedEndTheFeedAndNothingElse(size: Int64) async throws {
        let isFrame = size < -1
        let line =
            try isFrame
            ? Self.array("foo/a", 2, size: 1, compressed: size) : Self.put("foo/a", 2, size: size)
        let broker = HandMadeBroker { broker in
            [.bookmark(1, broker.epochs[0], digests: [:])]
        } feed: { _ in
            [line]
        }
        try await Self.with(broker) { subscriber in
            try await Eventually.holds("it tries again") { broker.count("/api/changes") >= 3 }
            #expect(try await subscriber.list() == [])
            #expect(try await subscriber.get("/api/info/foo/a").status == 404)
        }
    }

    @Test func anEpochThatChangesInTheFeedIsNoEndlessLoop() async throws {
        let line = try Self.put("foo/a", 1)
        let broker = HandMadeBroker { broker in
            [line, .bookmark(1, broker.epochs[0], digests: [:])]
        } feed: { broker in
            [.bookmark(1, broker.epochs[1], digests: [:])]
        }
        try await Self.with(broker) { _ in
            let time = try await Self.pace(broker, "/api/datasets", 9)
            #expect(time > .milliseconds(600), "nine listings in \(time)")
        }
    }

    @Test func revisionsThatRepeatOrGoBackDoNotChangeWhatIsKnown() async throws {
        let lines = [
            try Self.put("foo/a", 5), try Self.put("foo/a", 5, size: 2), try Self.put("foo/a", 4, size: 3),
            .change(3, .delete(try DatasetPath("foo/a"))), try Self.put("foo/b", 2),
        ]
        let broker = HandMadeBroker { broker in
            [.bookmark(1, broker.epochs[0], digests: [:])]
        } feed: { _ in
            lines
        }
        try await Self.with(broker) { subscriber in
            try await subscriber.waitForList(["a", "b"])
            #expect(subscriber.parts.copy.entry(try DatasetPath("foo/a"))?.size == 1)
            #expect(subscriber.parts.copy.position?.revision == 5)
        }
    }

    @Test(arguments: ["", "{", "null", "[1]", #"{"revision":-1,"type":"put"}"#, #"{"revision":1,"type":"new"}"#])
    func linesThatAreNoneEndTheFeedAndNothingElse(text: String) async throws {
        let broker = HandMadeBroker { broker in
            [.bookmark(1, broker.epochs[0], digests: [:])]
        } feed: { _ in
            []
        }
        try await Network.with { network in
            let url = try network.serve { request in
                if request.path != "/api/changes" { return broker.answer(request) }
                _ = broker.answer(request)
                return HTTPResponse(body: .bytes(SharedBytes(text + "\n")))
            }
            let subscriber = try await network.subscriber("hostile", broker: url)
            try await Eventually.holds("it tries again") { broker.count("/api/changes") >= 3 }
            #expect(try await subscriber.get("/health").status == 200)
            #expect(broker.count("/api/datasets") == 1)
        }
    }

    @Test func aChainedFeedGoesOnInANewEpoch() async throws {
        try await Network.with { network in
            let near = try await network.subscriber("near")
            let far = try await network.subscriber("far", broker: near.url)
            for number in 0..<20 { try await network.publish("old\(number)", [1]) }
            try await far.wait("all are listed") { try await far.list().count == 20 }
            // Revisions start again from the beginning.
            try await network.restartBroker(forgetting: true)
            try await network.publish("a", [1])
            try await network.claim(announced: 1)
            try await far.waitForList(["a"])
            // Lines arrive as they come, and not by listings when digests differ.
            let lines = Recorder<String>()
            struct Enough: Error {}
            await #expect(throws: Enough.self) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await near.client.lines(.init(url: near.url + "/api/changes")) { _ in
                        } onLine: { line in
                            let text = String(decoding: [UInt8](copying: line), as: UTF8.self)
                            if lines.append(text).contains(where: { $0.contains(#""path":"foo/b""#) }) {
                                throw Enough()
                            }
                        }
                    }
                    group.addTask {
                        try await Eventually.holds("the stream is open") { !lines.all.isEmpty }
                        try await network.publish("b", [2])
                    }
                    try await group.waitForAll()
                }
            }
            try await far.waitForList(["a", "b"])
        }
    }
}
