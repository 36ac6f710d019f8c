import BrokerService
import Catalogue
import HTTP
import Platform
import PublisherService
import TestSupport
import Testing

/// What survives a restart.
@Suite(.patient) struct StateTests {
    private static func withBase<R: Sendable>(_ body: (String, DataFolder, String) async throws -> R) async throws -> R
    {
        try await withTemporaryFolder("publisher") { base in
            let folder = try DataFolder(base + "/data")
            return try await PublisherHarness.withBroker(state: base + "/broker") { broker in
                try await body(base, folder, broker.endpoint.url)
            }
        }
    }

    @Test func aRestartReadsOnlyWhatChanged() async throws {
        try await Self.withBase { base, folder, broker in
            for index in 0..<50 {
                try folder.write("\(index)", [UInt8(index)])
                folder.setTime("\(index)", seconds: 1_700_000_000 + index)
            }
            // Until the times of the files are old enough to be believed.
            try await Eventually.holds("a start that reads nothing") {
                try await PublisherHarness.withPublisher(base, folder, broker: broker) { harness in
                    try await harness.watch.until("all") { $0.count == 50 }
                    return harness.publisher.statistics.filesRead == 0
                }
            }
            try folder.write("7", [7, 7])
            try folder.remove("8")
            try folder.write("new", [9])
            try folder.rename("9", to: "nine")
            try await PublisherHarness.withPublisher(base, folder, broker: broker) { harness in
                try await harness.published("7", [7, 7])
                try await harness.published("new", [9])
                try await harness.published("nine", [9])
                try await harness.withdrawn("8")
                try await harness.withdrawn("9")
                #expect(harness.watch.view.count == 50)
                // The renamed one: its inode's time is another, and nobody saw the renaming.
                #expect(harness.publisher.statistics.filesRead <= 3)
            }
        }
    }

    @Test func nothingIsWithdrawnByARestartWithoutState() async throws {
        try await Self.withBase { base, folder, broker in
            for index in 0..<300 { try folder.write("\(index)", [UInt8(truncatingIfNeeded: index)]) }
            try await PublisherHarness.withPublisher(base, folder, broker: broker) { harness in
                try await harness.watch.until("all") { $0.count == 300 }
            }
            let secret = try FileSystem.readAll(base + "/state/secret", limit: 100)
            try FileSystem.removeTree(base + "/state")
            try FileSystem.createDirectories(base + "/state")
            try FileSystem.writeAtomically(base + "/state/secret", secret)
            try folder.remove("5")
            try await PublisherHarness.withPublisher(base, folder, broker: broker) { harness in
                try await harness.watch.until("the catalogue") { $0.count >= 299 }
                try await harness.withdrawn("5")
                try await harness.settled(marker: "marker")
                #expect(harness.watch.view.history.filter { $0.dataset == nil }.map(\.path.relative) == ["5"])
            }
        }
    }

    @Test func manifestsOfReplacedVersionsSurvive() async throws {
        try await Self.withBase { base, folder, broker in
            var bytes = Content.random(5 << 20, seed: 1)
            try folder.write("a", bytes)
            let first = try await PublisherHarness.withPublisher(base, folder, broker: broker) { [bytes] harness in
                try await harness.published("a", bytes)
            }
            let old = try Content.manifest(bytes)
            bytes[0] ^= 1
            try folder.write("a", bytes)
            try await PublisherHarness.withPublisher(base, folder, broker: broker) { [bytes] harness in
                let second = try await harness.published("a", bytes)
                let delta = try await harness.get("/versions/\(second.version)/manifest?since=\(first.version)")
                #expect(delta.headers["Content-Type"] == "application/vnd.bpubsub.manifest-delta")
                #expect(try ManifestDelta.decode(delta.body, since: old).version == second.version)
            }
        }
    }

    @Test func theIdentityIsKeptAndIsNobodyElsesBusiness() async throws {
        try await Self.withBase { base, folder, broker in
            var names: Set<String> = []
            for _ in 0..<2 {
                let name = try await PublisherHarness.withPublisher(base, folder, broker: broker) { harness in
                    try await harness.watch.until("the group") { $0.group?.online == true }.group?.publisher
                }
                names.insert(name ?? "")
            }
            #expect(names.count == 1)
            #expect(try DataFolder.mode(base + "/state/secret") == 0o600)
        }
    }

    @Test func twoPublishersCannotShareAState() async throws {
        try await Self.withBase { base, folder, broker in
            try await PublisherHarness.withPublisher(base, folder, broker: broker) { _ in
                await #expect(throws: FolderLockError.self) {
                    try await PublisherHarness.withPublisher(base, folder, broker: broker) { _ in }
                }
            }
            await #expect(throws: PublisherError.self) {
                try await PublisherHarness.withPublisher(base, folder, broker: broker, { $0.group = "bar" }) { _ in }
            }
        }
    }

    @Test(arguments: [("a/b", "data"), ("", "data"), (".x", "data"), ("foo", "nowhere"), ("foo", "data/file")])
    func wrongNamesAreRefusedAtTheStart(_ group: String, _ name: String) async throws {
        try await Self.withBase { base, folder, broker in
            try folder.write("file", [1])
            await #expect(throws: PublisherError.self) {
                try await PublisherHarness.withPublisher(
                    base, folder, broker: broker,
                    {
                        $0.group = group
                        $0.folder = base + "/" + name
                    }
                ) { _ in }
            }
            #expect(!FileSystem.exists(base + "/state"))
        }
    }
}
