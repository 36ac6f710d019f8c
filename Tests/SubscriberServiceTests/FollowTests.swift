import Catalogue
import HTTP
import Platform
import Storage
import TestSupport
import Testing
import Wire

@testable import SubscriberService

/// What is followed and complete stays complete.
@Suite(.patient) struct FollowTests {
    static let content = noise(5_000_000, seed: 2)

    @Test func aFollowedCopyFollowsAndFetchesOnlyWhatChanged() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a.bin", Self.content)
            try await subscriber.waitForList(["a.bin"])
            #expect(try await subscriber.post("/api/follow", ["foo/a.bin"]).text == "{}")
            try await subscriber.download("a.bin")
            network.publisher.resetCounters()
            let changed = Self.content.prefix(2_500_000) + [Self.content[2_500_000] ^ 1] + Self.content[2_500_001...]
            try await network.publish("a.bin", Array(changed))
            try await subscriber.wait("the copy is new") { try subscriber.file("a.bin") == Array(changed) }
            #expect(network.publisher.dataBytes == 1 << 20, "one chunk of five")
            #expect(network.publisher.manifestBytes < 150)
            #expect(try await subscriber.status().transfers.savedBytes == Int64(changed.count - (1 << 20)))
            try await subscriber.wait("it is told to be complete") {
                let info = try await subscriber.info()["foo/a.bin"]
                return info?.follow == true && info?.complete == true && info?.stale == false
            }
        }
    }

    @Test func whatIsNotFollowedIsSaidToBeStale() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a.bin", Self.content)
            try await subscriber.waitForList(["a.bin"])
            try await subscriber.download("a.bin")
            network.publisher.resetCounters()
            let newer = noise(1000, seed: 3)
            try await network.publish("a.bin", newer)
            try await subscriber.wait("it is stale") { try await subscriber.info()["foo/a.bin"]?.stale == true }
            #expect(network.publisher.dataBytes == 0)
            #expect(try await subscriber.bytes("a.bin") == newer, "a read is of the current version")
        }
    }

    @Test func groupsAndGlobsAreFollowedWithWhatComesLater() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("2026/a.bin", [1])
            try await network.publish("2025/b.bin", [2])
            try await subscriber.waitForList(["2025/b.bin", "2026/a.bin"])
            #expect(try await subscriber.post("/api/follow", ["foo/2026/*.bin"]).status == 200)
            try await network.publish("2026/c.bin", [3])
            try await subscriber.wait("the new one is followed") {
                try await subscriber.info().filter(\.value.follow).keys.sorted() == [
                    "foo/2026/a.bin", "foo/2026/c.bin",
                ]
            }
            #expect(try await subscriber.post("/api/follow", ["foo", "nowhere/*"]).status == 404)
            #expect(try await subscriber.info().count == 2, "a refused request changes nothing")
            #expect(try await subscriber.post("/api/follow", ["foo"]).status == 200)
            #expect(try await subscriber.info().count == 3)
        }
    }

    @Test func whatIsFollowedIsFetchedAtOnceAndSoIsWhatIsPublishedLater() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            for name in ["a.bin", "dir/b.bin", "globs/c.bin", "globs/c.txt"] {
                try await network.publish(name, Array(name.utf8))
            }
            try await subscriber.waitForList(["a.bin", "dir/b.bin", "globs/c.bin", "globs/c.txt"])
            let names = ["foo/a.bin", "foo/dir", "foo/globs/*.bin"]
            #expect(try await subscriber.post("/api/follow", names).text == "{}")
            try await subscriber.wait("all of it is there, and nobody has read it") {
                ["a.bin", "dir/b.bin", "globs/c.bin"].allSatisfy { (try? subscriber.file($0)) == Array($0.utf8) }
            }
            for name in ["dir/sub/d.bin", "globs/e.bin", "globs/e.txt"] {
                try await network.publish(name, Array(name.utf8))
            }
            try await subscriber.wait("what came later, too") {
                ["dir/sub/d.bin", "globs/e.bin"].allSatisfy { (try? subscriber.file($0)) == Array($0.utf8) }
            }
            await subscriber.stop()
            try await network.publish("dir/f.bin", [6])
            let again = try await network.subscriber()
            try await again.wait("and what came while it was away") { (try? again.file("dir/f.bin")) == [6] }
            #expect((try? subscriber.file("globs/c.txt")) == nil && (try? subscriber.file("globs/e.txt")) == nil)
        }
    }

    @Test func whatIsFollowedAsHeldIsKeptCurrentAndNothingElseIsFetched() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            for name in ["a.bin", "b.bin"] { try await network.publish(name, Array(name.utf8)) }
            try await subscriber.waitForList(["a.bin", "b.bin"])
            #expect(try await subscriber.post("/api/follow?held=true", ["foo"]).status == 200)
            try await subscriber.download("a.bin")
            try await network.publish("b.bin", [3])
            try await network.publish("a.bin", [2])
            try await subscriber.wait("what is held is current") { (try? subscriber.file("a.bin")) == [2] }
            #expect(try await subscriber.info()["foo/b.bin"]?.held == 0)
            // Followed once more, it is fetched.
            #expect(try await subscriber.post("/api/follow", ["foo"]).status == 200)
            try await subscriber.wait("all of it") { (try? subscriber.file("b.bin")) == [3] }
        }
    }

    @Test func whatTheReleaseBeforeFollowedKeepsItsMeaning() async throws {
        try await Network.with { network in
            var subscriber = try await network.subscriber()
            try await network.publish("a.bin", [1])
            try await subscriber.waitForList(["a.bin"])
            await subscriber.stop()
            // As that release had it.
            let path = subscriber.state + "/subscriber.sqlite"
            try FileSystem.removeTree(path)
            let schema = DatabaseSchema(
                application: SubscriberDatabase.application, Array(SubscriberDatabase.schema.migrations.dropLast()))
            do {
                let database = try Database(path: path, schema: schema, durability: .normal)
                try database.transaction {
                    try $0.execute("INSERT INTO follows (pattern, pinned, literal) VALUES ('foo', 0, 1)")
                }
            }
            subscriber = try await network.subscriber()
            try await subscriber.waitForList(["a.bin"])
            #expect(try await subscriber.get("/api/followed").text == #"["foo"]"#)
            try await network.publish("b.bin", [2])
            try await subscriber.download("b.bin")
            #expect(try await subscriber.info()["foo/a.bin"]?.held == 0)
        }
    }

    @Test func anEstimateSaysWhatItTakesAndFollowsNothing() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber { $0.cacheSize = 8_000_000 }
            try await network.publish("a.bin", Self.content)
            try await network.publish("same.bin", Self.content)
            try await network.publish("b.bin", [1, 2, 3])
            try await subscriber.waitForList(["a.bin", "b.bin", "same.bin"])
            try await subscriber.download("b.bin")
            let answer = try await subscriber.post("/api/follow?estimate=true", ["foo"])
            let told = try WireJSON.decode(Estimate.self, from: answer.body)
            #expect(told.datasets == 2 && told.bytes == 5_000_003 && told.held == 3, "one content is held once")
            #expect(told.fetch == 5_000_000 && told.disk == 5_000_000 && told.requests == 2 && told.kept == 5_000_003)
            #expect(told.limit == 8_000_000 && told.detail == nil)
            #expect(try await subscriber.get("/api/followed").text == "[]")
            #expect(try await subscriber.post("/api/follow?estimate=perhaps", ["foo"]).status == 400)
        }
    }

    private struct Estimate: Decodable {
        let datasets: Int
        let bytes, held, fetch, disk, kept: Int64
        let requests: Int
        let limit: Int64?
        let detail: String?
    }

    @Test func whatThereIsNoRoomForIsRefusedWithTheFigures() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber { $0.cacheSize = 3_000_000 }
            try await network.publish("a.bin", Self.content)
            try await network.publish("b.bin", [1, 2, 3])
            try await subscriber.waitForList(["a.bin", "b.bin"])
            let answer = try await subscriber.post("/api/follow", ["foo"])
            #expect(answer.status == 507, "\(answer.text)")
            for word in ["5000003", "3000000", "--cache-size", "--held"] {
                #expect(answer.text.contains(word), "\(word)")
            }
            #expect(try await subscriber.get("/api/followed").text == "[]")
            #expect(try await subscriber.post("/api/follow?held=true", ["foo"]).status == 200)
            #expect(try await subscriber.post("/api/follow", ["foo/b.bin"]).status == 200, "what there is room for")
        }
    }

    @Test func unfollowingEndsWhatIsBeingFetched() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a.bin", noise(30_000_000, seed: 5))
            try await subscriber.waitForList(["a.bin"])
            network.publisher.alwaysSuffer(.stall(after: 1 << 20))
            _ = try await subscriber.post("/api/follow", ["foo"])
            try await subscriber.wait("some is held") { (try await subscriber.info()["foo/a.bin"]?.held ?? 0) > 0 }
            #expect(try await subscriber.post("/api/unfollow", ["foo"]).status == 200)
            try await subscriber.wait("nobody wants the rest") {
                let holding = subscriber.parts.keeper.holding(try DatasetPath("foo/a.bin"))
                return subscriber.parts.keeper.runningCount == 0 && holding?.isWanted == false
            }
            network.publisher.alwaysSuffer(nil)
            network.publisher.gate.open()
            #expect(try await subscriber.info()["foo/a.bin"]?.complete == false)
        }
    }

    @Test func followingAndUnfollowingSurviveARestart() async throws {
        try await Network.with { network in
            var subscriber = try await network.subscriber()
            for name in ["a", "b"] { try await network.publish(name, [1]) }
            try await subscriber.waitForList(["a", "b"])
            _ = try await subscriber.post("/api/follow", ["foo/a", "foo/b"])
            #expect(try await subscriber.post("/api/unfollow", ["foo/b"]).text == "{}")
            await subscriber.stop()
            subscriber = try await network.subscriber()
            #expect(try await subscriber.get("/api/followed").text == #"["foo/a"]"#)
            #expect(try await subscriber.info().filter(\.value.follow).keys.sorted() == ["foo/a"])
        }
    }

    @Test func aNameThatReadsAsAGlobIsFollowedAsTheNameThatItIs() async throws {
        try await Network.with { network in
            var subscriber = try await network.subscriber()
            for name in ["a[1].bin", "a1.bin", "run[2]/b.bin", "run2/b.bin"] { try await network.publish(name, [1]) }
            try await subscriber.waitForList(["a1.bin", "a[1].bin", "run2/b.bin", "run[2]/b.bin"])
            let names = ["foo/a[1].bin", "foo/run[2]"]
            #expect(try await subscriber.post("/api/follow", names).status == 200)
            let followed = ["foo/a[1].bin", "foo/run[2]/b.bin"]
            #expect(try await subscriber.info().filter(\.value.follow).keys.sorted() == followed)
            await subscriber.stop()
            subscriber = try await network.subscriber()
            #expect(try await subscriber.info().filter(\.value.follow).keys.sorted() == followed)
            #expect(try await subscriber.post("/api/unfollow", names).status == 200)
            #expect(try await subscriber.get("/api/followed").text == "[]")
        }
    }

    @Test func whatADatasetIsFollowedForCanBeAsked() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("2026/a.bin", [1])
            try await subscriber.waitForList(["2026/a.bin"])
            _ = try await subscriber.post("/api/follow", ["foo", "foo/**/*.bin", "foo/2026"])
            let ask = { (path: String) in
                try await subscriber.client.send(.init(url: subscriber.url + "/api/followed?path=\(path)")).text
            }
            #expect(try await ask("foo/2026/a.bin") == #"["foo","foo/**/*.bin","foo/2026"]"#)
            #expect(try await ask("foo/2026") == #"["foo","foo/2026"]"#)
            #expect(try await ask("foo") == #"["foo"]"#)
            #expect(try await ask("bar") == "[]")
        }
    }

    @Test func aChangeDuringADownloadEndsAtTheNewVersion() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            let old = try await network.publish("a.bin", Self.content)
            try await subscriber.waitForList(["a.bin"])
            network.publisher.suffer(.stall(after: 2 << 20))
            _ = try await subscriber.progress("a.bin")
            try await subscriber.wait("a part is held") { try await subscriber.progress("a.bin").held >= 2 << 20 }
            let changed = Self.content.prefix(4 << 20) + noise(500_000, seed: 9)
            network.publisher.remove(old)
            try await network.publish("a.bin", Array(changed))
            try await subscriber.download("a.bin")
            #expect(try subscriber.file("a.bin") == Array(changed))
        }
    }

    @Test func aRemovedDatasetDisappears() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a.bin", [1, 2, 3])
            try await subscriber.waitForList(["a.bin"])
            _ = try await subscriber.post("/api/follow", ["foo/a.bin"])
            try await subscriber.download("a.bin")
            try await network.announce(.delete(DatasetPath("foo/a.bin")))
            try await subscriber.waitForList([])
            try await subscriber.wait("its copy is gone") { (try? subscriber.file("a.bin")) == nil }
            #expect(try await subscriber.get("/api/download/foo/a.bin").status == 404)
            // It comes back as it was: nothing has to be fetched.
            network.publisher.resetCounters()
            try await network.publish("a.bin", [1, 2, 3])
            try await subscriber.wait("its copy is back") { (try? subscriber.file("a.bin")) == [1, 2, 3] }
            #expect(network.publisher.dataBytes == 0)
        }
    }

    @Test func aFileMayBecomeAFolder() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a", [1])
            try await subscriber.waitForList(["a"])
            try await subscriber.download("a")
            try await network.announce(.delete(DatasetPath("foo/a")))
            try await network.publish("a/b", [2])
            try await subscriber.waitForList(["a/b"])
            try await subscriber.download("a/b")
            #expect(try subscriber.file("a/b") == [2])
        }
    }

    @Test func theFirstEventReachesWhoCameBeforeIt() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            struct Enough: Error {}
            let lines = Recorder<String>()
            await #expect(throws: Enough.self) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await subscriber.client.lines(.init(url: subscriber.url + "/api/events")) { _ in
                        } onLine: { line in
                            let all = lines.append(String(decoding: [UInt8](copying: line), as: UTF8.self))
                            if all.contains("event: change") { throw Enough() }
                        }
                    }
                    group.addTask {
                        try await Eventually.holds("the stream is open") { !lines.all.isEmpty }
                        try await network.publish("b.bin", [2])
                    }
                    try await group.waitForAll()
                }
            }
            #expect(!lines.all.contains("event: reset"))
        }
    }

    @Test func eventsTellChangesAndProgress() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a.bin", [1])
            try await subscriber.waitForList(["a.bin"])
            struct Enough: Error {}
            let lines = Recorder<String>()
            do {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await subscriber.client.lines(.init(url: subscriber.url + "/api/events")) { _ in
                        } onLine: { line in
                            let text = String(decoding: [UInt8](copying: line), as: UTF8.self)
                            let all = lines.append(text)
                            let isComplete = all.contains { $0.contains(#""state":"complete""#) }
                            let told = Set(["event: change", "event: progress", "event: status"]).isSubset(of: all)
                            if told, isComplete { throw Enough() }
                        }
                    }
                    group.addTask {
                        // The greeting shows that the events to come will be seen.
                        try await Eventually.holds("the stream is open") { !lines.all.isEmpty }
                        try await network.publish("b.bin", [2])
                        try await subscriber.download("a.bin")
                        await network.stopBroker()
                    }
                    try await group.waitForAll()
                }
                Issue.record("the stream of events ended without telling all")
            } catch is Enough {}
        }
    }
}
