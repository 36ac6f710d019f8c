import Catalogue
import Platform
import Storage
import TestSupport
import Testing

@testable import SubscriberService

/// The state folder is not what it was: nothing wrong is served, and what is sound is not fetched again.
@Suite(.patient) struct TamperingTests {
    static let content = noise(5_000_000, seed: 31)

    /// A subscriber that holds `foo/a.bin` and is stopped; `damage` is given its folder.
    static func restarted(
        after damage: @Sendable (String, Version) throws -> Void,
        _ body: @Sendable (Network, TestSubscriber) async throws -> Void
    ) async throws {
        try await Network.with { network in
            var subscriber = try await network.subscriber()
            let version = try await network.publish("a.bin", content)
            try await subscriber.waitForList(["a.bin"])
            _ = try await subscriber.post("/api/follow", ["foo/a.bin"])
            try await subscriber.download("a.bin")
            await subscriber.stop()
            try damage(subscriber.state, version)
            network.publisher.resetCounters()
            subscriber = try await network.subscriber()
            try await body(network, subscriber)
        }
    }

    private static func mirror(_ folder: String, _ version: Version) throws -> FileDescriptor {
        try FileDescriptor("\(folder)/mirrors/\(version)", .readingAndWriting)
    }

    @Test func nothingIsFetchedWhenNothingWasTouched() async throws {
        try await Self.restarted { _, _ in
        } _: { network, subscriber in
            #expect(try await subscriber.bytes("a.bin") == Self.content)
            try await subscriber.download("a.bin")
            #expect(network.publisher.dataBytes == 0 && network.publisher.manifestBytes == 0)
        }
    }

    @Test(arguments: [0, 1, 3_000_000]) func aFileThatWasCutIsMended(size: Int64) async throws {
        try await Self.restarted { folder, version in
            try Self.mirror(folder, version).resize(to: size)
        } _: { network, subscriber in
            #expect(try await subscriber.bytes("a.bin") == Self.content)
            try await subscriber.download("a.bin")
            #expect(try subscriber.file("a.bin") == Self.content)
            #expect(network.publisher.dataBytes == Self.content.count - Int(size) / (1 << 20) * (1 << 20))
        }
    }

    @Test func aFileWithAWrongByteIsMended() async throws {
        try await Self.restarted { folder, version in
            let wrong = [Self.content[2_000_000] ^ 1]
            try Self.mirror(folder, version).write(wrong.span.bytes, at: 2_000_000)
        } _: { network, subscriber in
            try await subscriber.download("a.bin")
            #expect(try await subscriber.bytes("a.bin") == Self.content)
            #expect(network.publisher.dataBytes == 1 << 20, "one chunk of five")
        }
    }

    @Test func aFileThatIsGoneIsFetchedAgain() async throws {
        try await Self.restarted { folder, version in
            try FileSystem.unlink("\(folder)/mirrors/\(version)")
        } _: { network, subscriber in
            try await subscriber.download("a.bin")
            #expect(try subscriber.file("a.bin") == Self.content)
        }
    }

    @Test func aDatabaseThatIsGoneIsBegunAnew() async throws {
        try await Self.restarted { folder, _ in
            for name in ["subscriber.sqlite", "subscriber.sqlite-wal", "subscriber.sqlite-shm"] {
                try? FileSystem.unlink("\(folder)/\(name)")
            }
        } _: { network, subscriber in
            try await subscriber.waitForList(["a.bin"])
            #expect(try await subscriber.info().isEmpty)
            #expect(try FileSystem.list(subscriber.state + "/mirrors").entries.isEmpty)
            try await subscriber.download("a.bin")
            #expect(try subscriber.file("a.bin") == Self.content)
        }
    }

    @Test func aCopyThatCannotBePutInPlaceIsNotSaidToBeThere() async throws {
        try await Network.with { network in
            // A file where the copies' folder should be.
            let folder = network.folder + "/subscriber"
            try FileSystem.createDirectories(folder)
            try FileSystem.writeAtomically(folder + "/files", [1])
            let subscriber = try await network.subscriber()
            try await network.publish("a.bin", Self.content)
            try await subscriber.waitForList(["a.bin"])
            try await subscriber.download("a.bin")
            let info = try await subscriber.info()["foo/a.bin"]
            #expect(info?.complete == true && info?.file == nil)
            #expect(try await subscriber.bytes("a.bin") == Self.content)
        }
    }

    @Test func theStateOfANewerReleaseIsRefusedAndLeftAlone() async throws {
        try await Self.restarted { _, _ in
        } _: { network, subscriber in
            await subscriber.stop()
            let later = DatabaseSchema(
                application: SubscriberDatabase.application,
                SubscriberDatabase.schema.migrations + [Migration("CREATE TABLE later (id INTEGER)")])
            _ = try Database(path: subscriber.state + "/subscriber.sqlite", schema: later)
            do {
                _ = try await network.subscriber()
                Issue.record("the state was taken")
            } catch {
                #expect("\(error)".contains("newer release"), "\(error)")
            }
        }
    }
}
