import BrokerService
import Catalogue
import HTTP
import Platform
import TestSupport
import Testing

@testable import PublisherService

/// What is not to be seen is not removed.
@Suite(.patient) struct AwayTests {
    private static func with<R: Sendable>(
        _ body: (_ base: String, _ folder: DataFolder, _ broker: String) async throws -> R
    ) async throws -> R {
        try await withTemporaryFolder("publisher") { base in
            let folder = try DataFolder(base + "/data")
            return try await PublisherHarness.withBroker(state: base + "/broker") { broker in
                try await body(base, folder, broker.endpoint.url)
            }
        }
    }

    @Test func aFolderThatIsMovedAwayLosesNothingAndSaysSo() async throws {
        try await PublisherHarness.run(prepare: {
            try $0.write("a", [1])
            try $0.write("b", [2])
        }) { harness in
            try await harness.watch.until("both") { $0.count == 2 }
            let away = try DataFolder(harness.folder.path + "-away/data")
            try FileSystem.removeTree(away.path)
            try FileSystem.rename(harness.folder.path, to: away.path)
            // The kernel tells of these, for it watches folders and not names.
            try away.write("a", [1, 1])
            try away.remove("b")
            try await harness.watch.until("it is away") { $0.group?.away == true }
            #expect(harness.watch.view.names == ["a", "b"])
            let response = try await harness.get("/versions/\(try Content.version([1]))/data")
            #expect(response.status == 503, "what is away may come back: \(response.text)")
            try FileSystem.rename(away.path, to: harness.folder.path)
            try await harness.published("a", [1, 1])
            try await harness.withdrawn("b")
            try await harness.watch.until("it is back") { $0.group?.away != true }
        }
    }

    @Test func aLinkThatLeadsElsewhereIsFollowed() async throws {
        try await Self.with { base, folder, broker in
            let first = try DataFolder(base + "/first"), second = try DataFolder(base + "/second")
            try FileSystem.createDirectories(base + "/empty")
            try first.write("x", [1])
            try first.write("y", [1])
            try second.write("x", [2])
            try second.write("z", [2])
            let links = try DataFolder(base)
            try links.symbolicLink("current", to: "first")
            try await PublisherHarness.withPublisher(
                base, folder, broker: broker, { $0.folder = base + "/current" }
            ) { harness in
                try await harness.published("x", [1])
                try await harness.published("y", [1])
                try links.symbolicLink("next", to: "second")
                try links.rename("next", to: "current")
                try await harness.published("x", [2])
                try await harness.published("z", [2])
                try await harness.withdrawn("y")
                // An empty folder is what is to be seen when a disk is missing.
                try links.symbolicLink("next", to: "empty")
                try links.rename("next", to: "current")
                try await harness.watch.until("it is away") { $0.group?.away == true }
                #expect(harness.watch.view.names == ["x", "z"])
            }
        }
    }

    @Test func aStartOnAnEmptyMountPointWithdrawsNothing() async throws {
        try await Self.with { base, folder, broker in
            try folder.makeFolder("sub")
            try folder.write("sub/a", [1])
            try await PublisherHarness.withPublisher(base, folder, broker: broker) { harness in
                try await harness.published("sub/a", [1])
            }
            // Another folder has the name, as without the disk that is mounted there.
            try FileSystem.rename(folder.path, to: base + "/disk")
            for isThere in [false, true] {
                if isThere { try FileSystem.createDirectories(folder.path) }
                try await PublisherHarness.withPublisher(base, folder, broker: broker) { harness in
                    try await harness.watch.until("it is away") { $0.group?.away == true && $0.group?.online == true }
                    #expect(harness.watch.view.names == ["sub/a"])
                    #expect(!harness.watch.view.history.contains { $0.dataset == nil })
                }
            }
            try FileSystem.removeTree(folder.path)
            try FileSystem.rename(base + "/disk", to: folder.path)
            try await PublisherHarness.withPublisher(base, folder, broker: broker) { harness in
                try await harness.watch.until("it is there") { $0.group?.away != true && $0.group?.online == true }
                // Emptied by its user it is empty.
                try folder.remove("sub")
                try await harness.withdrawn("sub/a")
            }
        }
    }

    @Test func ofTwoPublishersWithOneStateTheCopyIsRefused() async throws {
        try await Self.with { base, folder, broker in
            try folder.write("mine", [1])
            let other = try DataFolder(base + "/other")
            try other.write("theirs", [2])
            try await PublisherHarness.withPublisher(base, folder, broker: broker) { first in
                try await first.published("mine", [1])
                try FileSystem.createDirectories(base + "/copy")
                let secret = try FileSystem.readAll(base + "/state/secret", limit: 100)
                try FileSystem.writeAtomically(base + "/copy/secret", secret, mode: 0o600)
                try await PublisherHarness.withPublisher(
                    base, other, broker: broker, { $0.state = base + "/copy" }
                ) { second in
                    try await Eventually.holds("it serves meanwhile") {
                        try await second.get("/api/download/foo/theirs").status == 200
                    }
                    try await first.settled(marker: "marker")
                    #expect(!second.publisher.isAnnouncing)
                    #expect(first.watch.view.names == ["marker", "mine"])
                }
            }
        }
    }

    @Test func aChangeThroughOneNameOfAFileIsSeenAtAll() async throws {
        try await PublisherHarness.run { harness in
            try harness.folder.write("a", [1])
            try await harness.published("a", [1])
            try harness.folder.link("a", to: "b")
            try await harness.published("b", [1])
            try harness.folder.write("a", [2, 2])
            try await harness.published("a", [2, 2])
            try await harness.published("b", [2, 2])
            try harness.folder.write("b", [3, 3, 3])
            try await harness.published("a", [3, 3, 3])
        }
    }

    @Test func aZarrStoreOfFormatTwoIsWhole() async throws {
        try await PublisherHarness.run { harness in
            try harness.folder.makeFolder("t.zarr")
            for name in [".zarray", ".zattrs", ".zgroup", ".zmetadata", "0", ".hidden"] {
                try harness.folder.write("t.zarr/" + name, Array(name.utf8))
            }
            try await harness.watch.until("all of it") { $0.count == 5 }
            try await harness.settled(marker: "marker")
            #expect(harness.watch.view["t.zarr/.hidden"] == nil)
        }
    }
}

@Suite struct SurroundingsTests {
    @Test func wholeSecondsAreNoProof() {
        func identity(_ changed: Int64) -> FileIdentity {
            FileIdentity(kind: .regular, device: 1, inode: 1, size: 1, modified: changed, changed: changed)
        }
        #expect(identity(5_000_000_000).grain >= .seconds(2))
        #expect(identity(5_000_000_001).grain < .seconds(1))
        // A time of the content in the far future, or past, is no age.
        let far = FileIdentity(kind: .regular, device: 1, inode: 1, size: 1, modified: .max, changed: 1)
        #expect(far.age(at: Timestamp(nanoseconds: 11)) == .nanoseconds(10))
        let past = FileIdentity(kind: .regular, device: 1, inode: 1, size: 1, modified: .min, changed: .min)
        #expect(past.age(at: Timestamp(nanoseconds: 11)) > .seconds(1))
    }

    @Test func fileSystemsThatOthersWriteToArePolled() {
        #expect(FileSystemKinds.silent(0x6969) == "NFS")
        #expect(FileSystemKinds.silent(0xef53) == nil)
        #expect(!FileSystemKinds.tellsWriters(0x6969))
        #expect(FileSystemKinds.tellsWriters(0xef53))
    }

    @Test func innerNamesOfContainersAreTold() {
        #expect(AdvertisedAddress.isContainerName("3f9c0ffee"))
        #expect(!AdvertisedAddress.isContainerName("weather"))
        #expect(!AdvertisedAddress.isContainerName("deadbeefs"))
        #expect(AdvertisedAddress.doubt(host: "no-such-host.invalid")?.contains("does not resolve") == true)
        #expect(AdvertisedAddress.doubt(host: "localhost")?.contains("loopback") == true)
    }

    @Test func aConnectionThatBreaksAgainAndAgainIsToldWithGrowingPauses() {
        var told = ToldStanding()
        let start = ContinuousClock.now
        var lines = 0
        // An hour of a break every two seconds.
        for round in 0..<1800 {
            let now = start + .seconds(2 * round)
            lines += told.turn(to: .apart("reset"), at: now) == nil ? 0 : 1
            lines += told.turn(to: .announcing, at: now + .seconds(1)) == nil ? 0 : 1
        }
        #expect((2...20).contains(lines), "\(lines) lines")
        let later = told.turn(to: .apart("reset"), at: start + .seconds(100_000))
        #expect(later ?? 0 > 100)
    }

    @Test func hugeFilesHaveALaneOfTheirOwn() {
        var work = WorkList()
        work.add(.init(path: RelativePath("huge"), size: 1 << 40))
        work.add(.init(path: RelativePath("large"), size: 1 << 30))
        let huge = work.next(.huge), large = work.next(.large)
        #expect(huge.map(\.path.text) == ["huge"])
        #expect(large.map(\.path.text) == ["large"])
    }
}
