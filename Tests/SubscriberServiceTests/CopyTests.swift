import Catalogue
import HTTP
import Platform
import Synchronization
import TestSupport
import Testing

@testable import SubscriberService

/// The copies for other programs are no way into what is served.
@Suite(.patient) struct CopyTests {
    private static let content = noise(3_000_000, seed: 91)

    /// A subscriber that follows the group and has a copy of its one dataset.
    private static func following(_ network: Network) async throws -> (subscriber: TestSubscriber, version: Version) {
        let subscriber = try await network.subscriber()
        let version = try await network.publish("a.bin", content)
        try await subscriber.waitForList(["a.bin"])
        _ = try await subscriber.post("/api/follow", ["foo"])
        try await subscriber.wait("the copy is there") { (try? subscriber.file("a.bin")) == content }
        return (subscriber, version)
    }

    /// Nobody has the mirror open any more.
    private static func close(_ version: Version, _ subscriber: TestSubscriber) async throws {
        try await subscriber.wait("the mirror is closed") {
            subscriber.parts.keeper.library.table.withLock { table in
                table.closeIdle(isShort: true)
                return table[version] == nil
            }
        }
    }

    private static func write(_ byte: UInt8, at offset: Int64, to path: String) throws {
        try FileDescriptor(path, .readingAndWriting).write([byte].span.bytes, at: offset)
    }

    @Test(arguments: [false, true]) func anEditOfACopyIsNotServed(timesAreGivenBack: Bool) async throws {
        try await Network.with { network in
            let (subscriber, version) = try await Self.following(network)
            #expect(try await subscriber.bytes("a.bin") == Self.content)
            let path = subscriber.state + "/files/foo/a.bin"
            let before = try FileIdentity(path: path)
            try Self.write(Self.content[1_500_000] ^ 1, at: 1_500_000, to: path)
            if timesAreGivenBack { try FileDescriptor(path).setModified(Timestamp(nanoseconds: before.modified)) }
            let answer = try await subscriber.get("/api/download/foo/a.bin")
            #expect(answer.status == 200 && answer.body == Self.content, "\(answer.status)")
            #expect(answer.headers["ETag"] == "\"\(version)\"")
            let part = try await subscriber.get(
                "/versions/\(version)/data", headers: ["Range": "bytes=1500000-1500000"])
            #expect(part.body == [Self.content[1_500_000]])
            try await subscriber.wait("the copy is right again") { (try? subscriber.file("a.bin")) == Self.content }
        }
    }

    @Test func mirrorsThatAreRemovedUnderTheProgramComeBack() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a.bin", Self.content)
            try await network.publish("b.bin", noise(100_000, seed: 92))
            try await subscriber.waitForList(["a.bin", "b.bin"])
            _ = try await subscriber.post("/api/follow", ["foo/a.bin"])
            try await subscriber.wait("the copy is there") { (try? subscriber.file("a.bin")) == Self.content }
            network.publisher.resetCounters()
            for folder in ["mirrors", "files"] { try FileSystem.removeTree("\(subscriber.state)/\(folder)") }
            #expect(try await subscriber.bytes("a.bin") == Self.content)
            #expect(try await subscriber.bytes("b.bin") == noise(100_000, seed: 92), "what was never held")
            try await subscriber.wait("the copy is back") { (try? subscriber.file("a.bin")) == Self.content }
            #expect(network.publisher.dataBytes == 100_000, "what was still open was not fetched again")
            try await network.publish("a.bin", [1, 2, 3])
            try await subscriber.wait("and follows") { (try? subscriber.file("a.bin")) == [1, 2, 3] }
        }
    }

    @Test func copiesThatAreRemovedWithMirrorsThatAreNotOpenComeBack() async throws {
        try await Network.with { network in
            let (subscriber, version) = try await Self.following(network)
            try await Self.close(version, subscriber)
            for folder in ["mirrors", "files"] { try FileSystem.removeTree("\(subscriber.state)/\(folder)") }
            #expect(try await subscriber.bytes("a.bin") == Self.content)
            try await subscriber.wait("the copy is back") { (try? subscriber.file("a.bin")) == Self.content }
        }
    }

    @Test func anEditOfACopyWhoseMirrorIsNotOpenIsNotWrittenDownAsRight() async throws {
        try await Network.with { network in
            let (subscriber, version) = try await Self.following(network)
            try await network.publish("b.bin", [1])
            try await subscriber.wait("the other is there") { (try? subscriber.file("b.bin")) == [1] }
            try await Self.close(version, subscriber)
            let path = subscriber.state + "/files/foo/a.bin"
            let before = try FileIdentity(path: path)
            try Self.write(Self.content[1_500_000] ^ 1, at: 1_500_000, to: path)
            try FileDescriptor(path).setModified(Timestamp(nanoseconds: before.modified))
            // Another dataset becomes the same: its copy is made of the mirror.
            try await network.publish("b.bin", Self.content)
            try await subscriber.wait("both are right") {
                (try? subscriber.file("a.bin")) == Self.content && (try? subscriber.file("b.bin")) == Self.content
            }
            #expect(try await subscriber.bytes("a.bin") == Self.content)
        }
    }

    @Test func aCopyHasTheTimeOfItsDataset() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a.bin", [1])
            try await subscriber.waitForList(["a.bin"])
            _ = try await subscriber.post("/api/follow", ["foo"])
            try await subscriber.wait("the copy is there") { (try? subscriber.file("a.bin")) == [1] }
            #expect(try FileIdentity(path: subscriber.state + "/files/foo/a.bin").modified == 1_000_000_000)
            network.publisher.resetCounters()
            await subscriber.stop()
            let again = try await network.subscriber()
            try await again.download("a.bin")
            #expect(network.publisher.requests.isEmpty, "its own time is no sign of a change")
        }
    }

    @Test func manyMirrorsAreWrittenDownAtOnce() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            for number in 0..<20 { try await network.publish("\(number)", [UInt8(number), 7]) }
            _ = try await subscriber.post("/api/follow", ["foo"])
            try await subscriber.wait("all are there") {
                (0..<20).allSatisfy { (try? subscriber.file("\($0)")) == [UInt8($0), 7] }
            }
            await subscriber.stop()
            network.publisher.resetCounters()
            let again = try await network.subscriber()
            for number in 0..<20 { #expect(try await again.bytes("\(number)") == [UInt8(number), 7]) }
            #expect(network.publisher.requests.isEmpty)
        }
    }
}
