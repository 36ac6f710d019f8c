import Catalogue
import Glibc
import HTTP
import Platform
import TestSupport
import Testing

@testable import SubscriberService

private let mayMount: Bool = {
    let folder = "/tmp/bpubsub-mount-\(getpid())"
    guard mkdir(folder, 0o700) == 0 else { return false }
    defer { rmdir(folder) }
    guard mount("tmpfs", folder, "tmpfs", 0, "size=1m") == 0 else { return false }
    return umount2(folder, Int32(MNT_DETACH)) == 0
}()

/// The disk fills up, and has room again. A file system of a given size takes the right to mount one.
@Suite(.patient, .enabled(if: geteuid() == 0 && mayMount)) struct FullDiskTests {
    private static func size(_ folder: String, _ mebibytes: Int, flags: UInt = 0) throws {
        guard mount("tmpfs", folder, "tmpfs", flags, "size=\(mebibytes)m") == 0 else {
            throw TestFailure("cannot mount \(folder)")
        }
    }

    /// A subscriber whose state, or a part of it, lies on a disk of its own.
    private static func onDisk(
        of mebibytes: Int, at part: String = "subscriber",
        _ body: @Sendable @escaping (Network, TestSubscriber, _ folder: String) async throws -> Void
    ) async throws {
        try await Network.with { network in
            let folder = "\(network.folder)/\(part)"
            try FileSystem.createDirectories(folder)
            try size(folder, mebibytes)
            defer { umount2(folder, Int32(MNT_DETACH)) }
            let subscriber = try await network.subscriber()
            try await body(network, subscriber, folder)
            await subscriber.stop()
        }
    }

    @Test func whatDoesNotFitIsSaidAndCompletedOnceItDoes() async throws {
        let content = noise(20_000_000, seed: 61)
        try await Self.onDisk(of: 8) { network, subscriber, folder in
            try await network.publish("large.bin", content)
            try await network.publish("small.bin", [1, 2, 3])
            try await subscriber.waitForList(["large.bin", "small.bin"])
            try await subscriber.wait("it says that there is no room") {
                let progress = try await subscriber.progress("large.bin")
                return progress.state == "failed" && progress.error?.contains("No space") == true
            }
            let answer = try await subscriber.get(
                "/api/download/foo/large.bin", headers: ["Range": "bytes=19000000-19000009"])
            #expect(answer.status == 507 && answer.text.contains("No space"), "\(answer.status) \(answer.text)")
            #expect(try await subscriber.list().count == 2, "what needs no room is answered")
            try Self.size(folder, 64, flags: UInt(MS_REMOUNT))
            try await subscriber.download("large.bin")
            try await subscriber.download("small.bin")
            #expect(try subscriber.file("large.bin") == content)
        }
    }

    /// Takes all that is left on the disk.
    private static func fill(_ path: String) throws {
        let file = try FileDescriptor(path, .creating)
        var offset: Int64 = 0
        for size in [1 << 20, 4096] {
            let piece = SharedBytes([UInt8](repeating: 7, count: size))
            while (try? piece.withBytes { (bytes: RawSpan) throws(SystemError) in try file.write(bytes, at: offset) })
                != nil
            {
                offset += Int64(size)
            }
        }
    }

    @Test func whatIsHeldAndNotFollowedMakesRoomOnAFullDisk() async throws {
        let held = noise(12_000_000, seed: 62), cold = noise(4_000_000, seed: 63)
        try await Self.onDisk(of: 32) { network, subscriber, folder in
            try await network.publish("held", held)
            try await network.publish("cold", cold)
            try await subscriber.waitForList(["cold", "held"])
            #expect(try await subscriber.bytes("held") == held)
            try Self.fill(folder + "/foreign")
            #expect(try await subscriber.bytes("cold") == cold)
        }
    }

    /// What another disk has can have no second name for what is on this one.
    @Test func whereThereAreNoLinksCopiesAreTrueOnesAndAreCounted() async throws {
        let content = noise(3_000_000, seed: 65)
        try await Self.onDisk(of: 32, at: "subscriber/files") { network, subscriber, folder in
            try await network.publish("a.bin", content)
            try await subscriber.waitForList(["a.bin"])
            _ = try await subscriber.post("/api/follow", ["foo/a.bin"])
            try await subscriber.wait("the copy is there") { (try? subscriber.file("a.bin")) == content }
            try await subscriber.wait("it says so") { try await subscriber.info()["foo/a.bin"]?.copy == "copy" }
            #expect(subscriber.parts.keeper.library.used >= 6_000_000, "the mirror and its copy")
            try FileDescriptor(folder + "/foo/a.bin", .readingAndWriting).write([1, 2, 3].span.bytes, at: 0)
            #expect(try await subscriber.bytes("a.bin") == content)
            let newer = noise(3_000_000, seed: 66)
            try await network.publish("a.bin", newer)
            try await subscriber.wait("size and time are no proof") { (try? subscriber.file("a.bin")) == newer }
            try await network.publish("a.bin", [1])
            try await subscriber.wait("the copy follows") { (try? subscriber.file("a.bin")) == [1] }
            try await subscriber.wait("what was is gone") { subscriber.parts.keeper.library.used < 1_000_000 }
        }
    }

    @Test func aFullDiskIsSaidEverywhereAndIsWellAgainByItself() async throws {
        let cold = noise(4_000_000, seed: 64)
        try await Self.onDisk(of: 16) { network, subscriber, folder in
            try await network.publish("cold", cold)
            try await subscriber.waitForList(["cold"])
            try Self.fill(folder + "/foreign")
            let answer = try await subscriber.get("/api/download/foo/cold")
            #expect(answer.status == 507, "\(answer.status) \(answer.text)")
            let ready = try await subscriber.get("/ready")
            #expect(ready.status == 507 && ready.text.contains("disk"), "\(ready.status) \(ready.text)")
            try FileSystem.unlink(folder + "/foreign")
            try await subscriber.wait("it is well again") { try await subscriber.get("/ready").status == 200 }
            #expect(try await subscriber.bytes("cold") == cold)
        }
    }
}
