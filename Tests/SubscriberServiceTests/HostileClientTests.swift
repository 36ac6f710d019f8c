import Catalogue
import HTTP
import Platform
import TestSupport
import Testing
import Wire

@testable import SubscriberService

/// What clients may ask is bounded, and odd names are names.
@Suite(.patient) struct HostileClientTests {
    @Test func tooManyNamesAreRefusedAtOnce() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a", [1])
            try await subscriber.waitForList(["a"])
            for route in ["/api/follow", "/api/unfollow", "/api/download"] {
                let many = try await subscriber.post(route, (0..<10_001).map { "foo/\($0)" })
                #expect(many.status == 413, "\(route): \(many.text)")
                let globs = try await subscriber.post(route, (0..<101).map { "foo/a*\($0)" })
                #expect(globs.status == 413, "\(route): \(globs.text)")
            }
            let unknown = try await subscriber.post("/api/follow", (0..<10_000).map { "foo/unknown\($0)" })
            #expect(unknown.status == 404)
            // The same name many times is one.
            let same = try await subscriber.post("/api/download", Array(repeating: "foo", count: 10_000))
            #expect(same.status == 200)
            #expect(try await subscriber.get("/api/followed").text == "[]")
        }
    }

    @Test func longQuestionsTakeNoMoreRoomThanAnswersMay() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a", [1])
            try await subscriber.waitForList(["a"])
            let length = 12_000, count = AnswerCache.limit / length + 100
            let long = String(repeating: "x", count: length)
            for number in 0..<count {
                let answer = try await subscriber.client.send(
                    .init(url: subscriber.url + "/api/list/foo?\(number)=\(long)"))
                #expect(answer.status == 200)
            }
            let use = subscriber.parts.router.status.cache.use
            #expect(use.answers > 0 && use.answers * length <= AnswerCache.limit, "\(use.answers) are kept")
        }
    }

    @Test func globsThatAreFollowedAreBounded() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a", [1])
            try await subscriber.waitForList(["a"])
            for hundred in 0..<10 {
                let globs = (0..<100).map { "foo/*\(hundred)-\($0)" }
                #expect(try await subscriber.post("/api/follow", globs).status == 200)
            }
            let answer = try await subscriber.post("/api/follow", ["foo/x*"])
            #expect(answer.status == 409, "\(answer.text)")
            #expect(subscriber.parts.keeper.followed.all.count == 1000)
            #expect(try await subscriber.post("/api/unfollow", ["foo/*0-0"]).status == 200)
            #expect(try await subscriber.post("/api/follow", ["foo/x*"]).status == 200)
        }
    }

    @Test func oddNamesTravelThroughEveryRoute() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            let names = [
                "with space", "hash#mark", "per%cent", "per%20cent", "question?", "plus+", "é", "日本語/データ", "a;b=c&d",
                "quote\"s", "back\\slash", "new\nline", "emoji 🙂", "a[1].bin", "*", "~", "%2e%2e", "...",
            ]
            for (number, name) in names.enumerated() { try await network.publish(name, [UInt8(number)]) }
            try await subscriber.wait("all are listed") { try await subscriber.list().count == names.count }
            #expect(try await subscriber.post("/api/follow", names.map { "foo/" + $0 }).status == 200)
            for (number, name) in names.enumerated() {
                #expect(try await subscriber.bytes(name) == [UInt8(number)], "\(name)")
                #expect(try await subscriber.get("/api/datasets/foo/" + name).status == 200, "\(name)")
                try await subscriber.download(name)
                #expect(try subscriber.file(name) == [UInt8(number)], "\(name)")
            }
            let info = try await subscriber.info()
            #expect(info.values.count { $0.complete && $0.file != nil } == names.count)
        }
    }

    @Test func headAnswersAsGetDoesWithoutABody() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            let version = try await network.publish("a", noise(100_000, seed: 1))
            try await subscriber.waitForList(["a"])
            let routes = [
                "/health", "/ready", "/api/list", "/api/info", "/api/followed", "/api/status", "/api/datasets",
                "/api/datasets/foo/a", "/api/held/foo/a",
                "/api/publishers", "/api/publishers/foo", "/api/download/foo/a",
                "/versions/\(version)/manifest", "/versions/\(version)/data", "/versions/\(version)/blocks?of=0",
                "/none",
                "/api/download/foo/none",
            ]
            for route in routes {
                let get = try await subscriber.client.send(.init(url: subscriber.url + route))
                let head = try await subscriber.client.send(.init(method: "HEAD", url: subscriber.url + route))
                #expect(head.status == get.status && head.body.isEmpty, "\(route): \(get.status), \(head.status)")
                #expect(head.headers["Content-Type"] == get.headers["Content-Type"], "\(route)")
            }
        }
    }

    @Test func aVersionThatIsKnownIsNotSentAgain() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            let version = try await network.publish("a", noise(100_000, seed: 1))
            try await subscriber.waitForList(["a"])
            for route in ["/api/download/foo/a", "/versions/\(version)/data"] {
                let known = try await subscriber.get(route, headers: ["If-None-Match": "\"\(version)\""])
                #expect(known.status == 304 && known.body.isEmpty, "\(route): \(known.status)")
                let other = try await subscriber.get(route, headers: ["If-None-Match": "\"other\""])
                #expect(other.status == 200)
                let range = try await subscriber.get(route, headers: ["Range": "bytes=0-9", "If-Range": "\"other\""])
                #expect(range.status == 200, "the range is of another version")
            }
        }
    }

    @Test func whoComesBackToLongLostEventsIsToldSoOnce() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            // More events than are kept in memory.
            let events = subscriber.parts.events
            for _ in 0..<40 { events.publish("change", key: nil, json: Array(repeating: 32, count: 50_000)) }
            let run = try await Self.firstID(subscriber, after: nil)
            let parts = run.split(separator: "-")
            #expect(parts.count == 2)
            let again = try await Self.firstID(subscriber, after: "\(parts[0])-1")
            // With the id that came with the reset there is nothing to reset.
            let lines = try await Self.lines(subscriber, after: again) {
                $0.contains { $0.hasPrefix("data: \"last\"") }
            }
            #expect(!lines.contains("event: reset"), "\(lines.filter { $0.count < 100 })")
        }
    }

    /// The id of the first event that somebody gets who has seen `id`, or something of another run.
    static func firstID(_ subscriber: TestSubscriber, after id: String?) async throws -> String {
        let lines = try await lines(subscriber, after: id ?? "0-0") { $0.contains { $0.hasPrefix("id: ") } }
        return String(lines.first { $0.hasPrefix("id: ") }?.dropFirst(4) ?? "")
    }

    static func lines(
        _ subscriber: TestSubscriber, after id: String, until isEnough: @escaping @Sendable ([String]) -> Bool
    ) async throws -> [String] {
        struct Enough: Error {}
        let lines = Recorder<String>()
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let request = HTTPClient.Request(
                        url: subscriber.url + "/api/events", headers: ["Last-Event-ID": id])
                    try await subscriber.client.lines(request) { _ in
                    } onLine: { line in
                        let all = lines.append(String(decoding: [UInt8](copying: line), as: UTF8.self))
                        if isEnough(all) { throw Enough() }
                    }
                }
                group.addTask {
                    try await Eventually.holds("the stream is open") { !lines.all.isEmpty }
                    subscriber.parts.events.publish("change", key: nil, json: Array("\"last\"".utf8))
                }
                try await group.waitForAll()
            }
        } catch is Enough {}
        return lines.all
    }
}
