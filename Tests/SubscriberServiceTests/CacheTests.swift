import Arrays
import Blosc2
import Catalogue
import Glibc
import HTTP
import Platform
import TestSupport
import Testing

@testable import SubscriberService

/// A subscriber that may hold only so much.
@Suite(.patient) struct CacheTests {
    /// The bytes of a file that are on the disk.
    private static func allocated(_ path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_blocks) * 512 : 0
    }

    private static func allocated(in subscriber: TestSubscriber) throws -> Int64 {
        try FileSystem.list(subscriber.state + "/mirrors").entries.reduce(0) {
            $0 + allocated("\(subscriber.state)/mirrors/\($1.name)")
        }
    }

    private static func waitForRoom(_ subscriber: TestSubscriber, _ limit: Int64) async throws {
        try await subscriber.wait("no more is held than may be") {
            try await subscriber.status().mirrors.bytes <= limit && subscriber.parts.keeper.library.excess() <= 0
        }
    }

    /// A slice of the cube, 16 × 64 × 128 at most, that `seed` chooses.
    private static func slice(_ seed: UInt64) -> String {
        let random = noise(12, seed: seed &* 2_654_435_761 &+ 1).map { Int($0) }
        return zip(0..<3, [64, 128, 128]).map { axis, size in
            let start = (random[axis * 2] * 256 + random[axis * 2 + 1]) % size
            return "\(start):\(min(start + 1 + random[6 + axis] % 24, size))"
        }.joined(separator: ", ")
    }

    @Test func slicesOfAnArrayThatDoesNotFitAreRightAndTheDiskSpaceComesBack() async throws {
        let limit: Int64 = 1_200_000
        try await Network.with { network in
            let cube = try SampleArray.cube()
            try await network.publishFrame("cube.b2nd", cube)
            let subscriber = try await network.subscriber { $0.cacheSize = limit }
            try await subscriber.waitForList(["cube.b2nd"])
            for plane in stride(from: 0, to: 64, by: 4) {
                let values = try await subscriber.slice("cube.b2nd", "\(plane)")
                #expect(values.bytes.array == (try SampleArray.values(cube, "\(plane)").bytes.array))
            }
            try await Self.waitForRoom(subscriber, limit)
            try await subscriber.wait("the disk has it back; holes begin and end on pages") {
                try Self.allocated(in: subscriber) < limit + 200_000
            }
            #expect(try await subscriber.status().transfers.fetchedBytes > 3_500_000, "most of it was fetched")
            await subscriber.stop()
            // What the index says is true after a restart, too, and offline.
            await network.stopPublisher()
            let again = try await network.subscriber { $0.cacheSize = limit }
            try await Self.waitForRoom(again, limit)
            var answered = 0, refusals: Set<String> = []
            for plane in 0..<64 {
                let answer = try await again.ask("/api/fetch/foo/cube.b2nd", [("slice_", "\(plane), :8, :8")])
                guard answer.status == 200 else {
                    refusals.insert(answer.text)
                    continue
                }
                answered += 1
                let expected = try SampleArray.values(cube, "\(plane), :8, :8")
                #expect(try SampleArray.values(answer.body).bytes.array == expected.bytes.array)
            }
            #expect(answered > 0, "something is still held: \(refusals)")
        }
    }

    @Test func readersGetWhatIsRightWhileRoomIsMadeUnderThem() async throws {
        let limit: Int64 = 700_000
        try await Network.with { network in
            let cube = try SampleArray.cube()
            try await network.publishFrame("cube.b2nd", cube)
            let subscriber = try await network.subscriber { $0.cacheSize = limit }
            try await subscriber.waitForList(["cube.b2nd"])
            let isDone = Flag()
            try await withThrowingTaskGroup(of: Void.self) { group in
                // All the time, not now and then.
                group.addTask {
                    while !isDone.isSet, !Task.isCancelled {
                        await subscriber.parts.keeper.makeRoom()
                        await Task.yield()
                    }
                }
                try await withThrowingTaskGroup(of: Void.self) { readers in
                    for reader in 0..<6 {
                        readers.addTask {
                            for number in 0..<60 {
                                let slice = Self.slice(UInt64(reader * 1000 + number))
                                let values = try await subscriber.slice("cube.b2nd", slice)
                                let expected = try SampleArray.values(cube, slice)
                                #expect(values.bytes.array == expected.bytes.array, "\(slice)")
                            }
                        }
                    }
                    readers.addTask {
                        for _ in 0..<6 {
                            let bytes = try await subscriber.bytes("cube.b2nd")
                            // Not a comparison of arrays, whose difference would be sought for hours.
                            let isEqual = bytes == cube
                            #expect(isEqual)
                        }
                    }
                    try await readers.waitForAll()
                }
                isDone.set()
                try await group.waitForAll()
            }
            try await Self.waitForRoom(subscriber, limit)
        }
    }

    @Test func whatWasUsedLeastRecentlyGoesAndWhatIsPinnedStays() async throws {
        try await Network.with { network in
            let files = Dictionary(
                uniqueKeysWithValues: ["a", "b", "c", "d"].enumerated().map {
                    ($1, noise(1_000_000, seed: UInt64(70 + $0)))
                })
            for (name, bytes) in files { try await network.publish(name, bytes) }
            let subscriber = try await network.subscriber { $0.cacheSize = 3_200_000 }
            try await subscriber.waitForList(["a", "b", "c", "d"])
            let answer = try await subscriber.post("/api/follow?pin=true", ["foo/a"])
            #expect(answer.status == 200)
            for name in ["a", "b", "c"] { try await subscriber.download(name) }
            let other = try FileDescriptor(subscriber.state + "/files/foo/c", .reading)
            #expect(try await subscriber.bytes("b") == files["b"], "b is used once more")
            try await subscriber.download("d")
            try await subscriber.wait("c has made room") { try await subscriber.info()["foo/c"] == nil }
            let info = try await subscriber.info()
            #expect(
                info["foo/a"]?.complete == true && info["foo/b"]?.complete == true && info["foo/d"]?.complete == true)
            #expect((try? subscriber.file("c")) == nil)
            #expect(try other.read(at: 0, count: 1_000_000).array == files["c"], "who has it open keeps it")
            try await Self.waitForRoom(subscriber, 3_200_000)
            try await subscriber.download("c")
            try await Self.waitForRoom(subscriber, 3_200_000)
            #expect(try subscriber.file("c") == files["c"], "what has just come is not the first to go")
            #expect(try subscriber.file("a") == files["a"])
        }
    }

    @Test func aFileThatDoesNotFitFlowsThroughAndCannotBeHeld() async throws {
        let content = noise(30_000_000, seed: 77)
        try await Network.with { network in
            try await network.publish("large", content)
            let subscriber = try await network.subscriber { $0.cacheSize = 8_000_000 }
            try await subscriber.waitForList(["large"])
            try await subscriber.wait("it says why") {
                let progress = try await subscriber.progress("large")
                return progress.state == "failed" && progress.error?.contains("--cache-size") == true
            }
            #expect(try await subscriber.bytes("large") == content)
            try await Self.waitForRoom(subscriber, 8_000_000)
        }
    }
}
