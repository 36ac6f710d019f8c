import Catalogue
import HTTP
import Platform
import TestSupport
import Testing

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
            #expect(try await subscriber.info().keys.sorted() == ["foo/a"])
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
