import Catalogue
import HTTP
import Platform
import Synchronization
import TestSupport
import Testing
import Wire

@testable import SubscriberService

/// Versions that come in quick succession, or are shared by datasets.
@Suite(.patient) struct VersionRaceTests {
    static let content = noise(5_000_000, seed: 41)

    @Test func aChangedDatasetDoesNotStopAnotherOfTheSameVersion() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            for name in ["a.bin", "b.bin"] { try await network.publish(name, Self.content) }
            try await subscriber.waitForList(["a.bin", "b.bin"])
            // Both requests for data wait in their middle.
            network.publisher.suffer(.stall(after: 100_000), .stall(after: 100_000))
            for name in ["a.bin", "b.bin"] { _ = try await subscriber.progress(name) }
            try await subscriber.wait("it is on its way") {
                network.publisher.requests.count { $0.hasPrefix("data") } > 0
            }
            let newer = noise(1000, seed: 42)
            try await network.publish("a.bin", newer)
            try await subscriber.download("a.bin")
            network.publisher.gate.open()
            try await subscriber.download("b.bin")
            #expect(try subscriber.file("a.bin") == newer)
            #expect(try subscriber.file("b.bin") == Self.content)
        }
    }

    @Test func aManifestThatComesLateDoesNotBringTheOldVersionBack() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            let slow = noise(2_000_000, seed: 43), newer = noise(2_000_000, seed: 44)
            network.publisher.delayManifest(of: try network.publisher.add(slow))
            try await network.publish("a.bin", slow)
            try await subscriber.waitForList(["a.bin"])
            _ = try await subscriber.post("/api/follow", ["foo/a.bin"])
            _ = try await subscriber.post("/api/download", ["foo/a.bin"])
            try await subscriber.wait("it is asked for") {
                network.publisher.requests.contains { $0.hasPrefix("manifest") }
            }
            let version = try await network.publish("a.bin", newer)
            try await subscriber.download("a.bin")
            network.publisher.gate.open()
            let path = try DatasetPath("foo/a.bin")
            try await subscriber.wait("all have come to rest") { subscriber.parts.keeper.runningCount == 0 }
            #expect(subscriber.parts.keeper.holding(path)?.version == version)
            #expect(try await subscriber.info()["foo/a.bin"]?.stale == false)
            #expect(try subscriber.file("a.bin") == newer)
        }
    }

    @Test func aManifestThatComesLateDoesNotStopTheNewVersion() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber { $0.fetchTimeout = .seconds(60) }
            let (late, newer, manifestGate) = (noise(1_000_000, seed: 47), noise(30_000_000, seed: 48), Gate())
            let version = try network.publisher.add(late)
            network.publisher.delayManifest(of: version, until: manifestGate)
            try await network.publish("a.bin", late)
            try await subscriber.waitForList(["a.bin"])
            _ = try await subscriber.post("/api/follow", ["foo/a.bin"])
            _ = try await subscriber.post("/api/download", ["foo/a.bin"])
            try await subscriber.wait("its manifest is asked for") { network.publisher.requests.count == 1 }
            // The newer version is on its way when the manifest of the older one comes.
            network.publisher.suffer(.stall(after: 100_000), .stall(after: 100_000))
            try await network.publish("a.bin", newer)
            try await subscriber.wait("it is on its way") {
                network.publisher.requests.count { $0.hasPrefix("data") } > 0
            }
            manifestGate.open()
            try await subscriber.wait("the manifest has come") {
                subscriber.parts.keeper.library.opened(version) != nil
            }
            network.publisher.gate.open()
            // Nobody asks for it again.
            try await subscriber.wait("the newer version is there") { (try? subscriber.file("a.bin")) == newer }
        }
    }

    @Test func whatIsReplacedWhileItIsFetchedIsNotFetchedToItsEnd() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a.bin", Self.content)
            try await subscriber.waitForList(["a.bin"])
            _ = try await subscriber.post("/api/follow", ["foo/a.bin"])
            try await subscriber.download("a.bin")
            // The second version stops in its middle; the third comes at once.
            let second = noise(20_000_000, seed: 45)
            network.publisher.suffer(.stall(after: 100_000), .stall(after: 100_000))
            try await network.publish("a.bin", second)
            try await subscriber.wait("it is on its way") {
                network.publisher.requests.count { $0.hasPrefix("data") } >= 2 + 1
            }
            let third = noise(1_000_000, seed: 46)
            try await network.publish("a.bin", third)
            try await subscriber.wait("the third is there") { try subscriber.file("a.bin") == third }
            network.publisher.resetCounters()
            network.publisher.gate.open()
            // Nothing more of the second is asked for.
            try await subscriber.wait("the file is removed") {
                await subscriber.parts.keeper.removeUnreferenced(subscriber.parts.keeper.library.versions)
                return try FileSystem.list(subscriber.state + "/mirrors").entries.count == 1
            }
            #expect(network.publisher.requests.isEmpty)
        }
    }

    @Test func turningBackAndForthEndsWhereTheCatalogueDoes() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            let contents = (0..<3).map { noise(1_500_000, seed: 50 + UInt64($0)) }
            try await network.publish("a.bin", contents[0])
            try await subscriber.waitForList(["a.bin"])
            _ = try await subscriber.post("/api/follow", ["foo/a.bin"])
            try await subscriber.download("a.bin")
            let path = try DatasetPath("foo/a.bin")
            for turn in 1...40 {
                if turn % 7 == 0 { try await network.announce(.delete(path)) }
                try await network.publish("a.bin", contents[turn % 3])
                // Readers hold on to whatever they have found.
                if turn % 5 == 0 {
                    _ = try await subscriber.get("/api/download/foo/a.bin", headers: ["Range": "bytes=0-9"])
                }
            }
            let last = contents[40 % 3]
            try await subscriber.wait("the last one is there") {
                guard let file = try? subscriber.file("a.bin"), file == last else { return false }
                return try await subscriber.info()["foo/a.bin"]?.complete == true
            }
            #expect(try await subscriber.bytes("a.bin") == last)
            try await subscriber.wait("the others are gone") {
                await subscriber.parts.keeper.removeUnreferenced(subscriber.parts.keeper.library.versions)
                return try FileSystem.list(subscriber.state + "/mirrors").entries.count == 1
            }
        }
    }

    @Test func whatChangesFasterThanItCanBeReadIsServedAsItWasAfterASecond() async throws {
        try await Network.with { network in
            let clock = ManualClock()
            let subscriber = try await network.subscriber { $0.clock = clock }
            try await network.publish("a.bin", Self.content)
            try await subscriber.waitForList(["a.bin"])
            let slice = "/api/fetch/foo/a.bin?slice_=10:20", isOver = Flag()
            @Sendable func fetch(_ path: String) async throws -> HTTPClient.Response {
                try await subscriber.client.send(.init(url: subscriber.url + path))
            }
            let before = try await fetch(slice)
            #expect(before.status == 200 && before.headers["Age"] == nil)
            let start = clock.now, first = try await fetch("/api/datasets/foo/a.bin").text
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // Ever newer versions, none of which can be had.
                    var seed: UInt64 = 100
                    while !isOver.isSet {
                        seed += 1
                        let newer = noise(5_000_000 + Int(seed), seed: 41)
                        let version = try network.publisher.add(newer)
                        network.publisher.remove(version)
                        let path = try DatasetPath("foo/a.bin")
                        try await network.announce(
                            .put(Dataset(path: path, version: version, size: Int64(newer.count), modified: 1)))
                        clock.advance(by: .milliseconds(100))
                    }
                }
                defer { isOver.set() }
                try await subscriber.wait("it has changed") { try await fetch("/api/datasets/foo/a.bin").text != first }
                let asked = clock.now
                let stale = try await fetch(slice)
                #expect(stale.status == 200 && stale.body == before.body, "\(stale.text.prefix(200))")
                #expect(stale.headers["Cache-Status"] == "bpubsub; hit; detail=stale")
                let age = try #require(stale.headers["Age"].flatMap { Int($0) })
                #expect(age <= Int((clock.now - start) / .seconds(1)))
                #expect(clock.now - asked < .seconds(10), "not after all patience has gone")
                // What is not held of it cannot be had.
                #expect(try await fetch("/api/fetch/foo/a.bin?slice_=4000000:4000010").status >= 500)
            }
            // It comes to rest, and all is as it should be; what was is no longer kept.
            let last = noise(1000, seed: 9)
            try await network.publish("a.bin", last)
            try await subscriber.wait("it is current") {
                let answer = try await subscriber.get("/api/download/foo/a.bin")
                return answer.body == last && answer.headers["Age"] == nil
            }
            try await subscriber.wait("the others are gone") {
                await subscriber.parts.keeper.removeUnreferenced(subscriber.parts.keeper.library.versions)
                return try FileSystem.list(subscriber.state + "/mirrors").entries.count == 1
            }
        }
    }

    @Test func versionsThatCouldNotBeHadLeaveNothingBehind() async throws {
        try await Network.with { network in
            // Its clock stands still: nothing is swept.
            let subscriber = try await network.subscriber { $0.clock = ManualClock() }
            try await network.publish("a.bin", Self.content)
            try await subscriber.waitForList(["a.bin"])
            _ = try await subscriber.post("/api/follow", ["foo/a.bin"])
            try await subscriber.download("a.bin")
            let path = try DatasetPath("foo/a.bin"), keeper = subscriber.parts.keeper
            for number in 1...3 {
                let newer = Self.content + noise(10, seed: UInt64(number))
                let version = try network.publisher.add(newer)
                network.publisher.remove(version)
                try await network.announce(
                    .put(Dataset(path: path, version: version, size: Int64(newer.count), modified: 1)))
                try await subscriber.wait("it could not be had") {
                    keeper.shared.withLock { $0.failures[version] != nil }
                }
            }
            let last = noise(1000, seed: 9)
            try await network.publish("a.bin", last)
            try await subscriber.wait("the last one is there") { try subscriber.file("a.bin") == last }
            try await subscriber.wait("the others are gone") {
                try FileSystem.list(subscriber.state + "/mirrors").entries.count == 1
            }
        }
    }

    @Test func manyDatasetsAreCompletedAFewAtATime() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            let names = (0..<450).map { "\($0).bin" }
            var changes: [Announcement] = []
            for (number, name) in names.enumerated() {
                // Every third is the same.
                let bytes = noise(100, seed: number % 3 == 0 ? 0 : UInt64(number))
                let version = try network.publisher.add(bytes)
                let path = try DatasetPath("foo/" + name)
                changes.append(.put(Dataset(path: path, version: version, size: 100, modified: 1)))
            }
            try await network.announce(changes)
            try await subscriber.wait("all are listed") { try await subscriber.list().count == 450 }
            _ = try await subscriber.post("/api/follow", ["foo"])
            _ = try await subscriber.post("/api/download", ["foo"])
            try await subscriber.wait("all are held") {
                #expect(subscriber.parts.keeper.runningCount <= FillTable.limit)
                return try await subscriber.info().count { $0.value.complete } == 450
            }
            for name in [names[0], names[1], names[449]] { #expect(try subscriber.file(name).count == 100) }
            #expect(network.publisher.dataBytes == 301 * 100, "the same content is fetched once")
        }
    }
}
