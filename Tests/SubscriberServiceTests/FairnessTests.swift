import Arrays
import Blosc2
import Catalogue
import HTTP
import Platform
import TestSupport
import Testing

@testable import SubscriberService

/// Greedy readers of slow publishers leave room for others.
@Suite(.patient) struct FairnessTests {
    private static let length = 300_000

    @Test func aSlowSliceOfAFileHoldsNoMemoryThatOthersWaitFor() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            let small = noise(1000, seed: 2)
            try await network.publish("greedy.bin", noise(Self.length, seed: 1))
            try await network.publish("small.bin", small)
            try await subscriber.waitForList(["greedy.bin", "small.bin"])
            network.publisher.suffer(.stall(after: 0))
            let parts = subscriber.parts
            let versions = CurrentVersions(
                copy: parts.copy, keeper: parts.keeper, sources: CatalogueSources(copy: parts.copy),
                changes: VersionChanges(copy: parts.copy))
            // As much memory as one of them takes.
            let slices = SliceReader(
                keeper: parts.keeper, pool: BlockingPool(name: "test", threads: 2),
                budget: Slots(2 * Self.length))
            @Sendable func read(_ name: String) async throws -> [UInt8]? {
                try await versions.read(DatasetPath("foo/" + name)) { reading in
                    try await slices.read(SliceQuestion(part: .slice(.all)), reading)?.frame.array
                }
            }
            async let greedy = read("greedy.bin")
            try await subscriber.wait("the greedy one has asked") { network.publisher.requests.count >= 2 }
            let answer = try #require(try await read("small.bin"))
            #expect(try SampleArray.values(answer).bytes.array == small)
            network.publisher.gate.open()
            #expect(try await greedy != nil)
        }
    }

    /// Greedy readers, of slices by blocks and of files by chunks, of a publisher that sends nothing more.
    @Test func aGroupWhosePublisherIsStuckLeavesRoomForOtherGroups() async throws {
        try await SliceTests.with { network, subscriber, cube in
            let cubes = (0..<6).map { "cube\($0).b2nd" }, files = (0..<6).map { "file\($0)" }
            for (number, name) in cubes.enumerated() {
                try await network.publishFrame(name, SampleArray.constant(Int64(number)))
            }
            for (number, name) in files.enumerated() {
                try await network.publish(name, noise(200_000, seed: UInt64(number)))
            }
            let small = noise(100_000, seed: 7)
            let other = try await network.publish("small.bin", small, inOtherGroup: "bar")
            try await subscriber.wait("all are listed") { try await subscriber.list().count == 14 }
            network.publisher.alwaysSuffer(.stall(after: 100))
            let greedy = Task {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for file in files { group.addTask { _ = try await subscriber.bytes(file) } }
                    for name in cubes { group.addTask { _ = try await subscriber.slice(name, "1:, 1:") } }
                    try await group.waitForAll()
                }
            }
            try await subscriber.wait("as many of their requests are under way as may be") {
                network.publisher.requests.count { !$0.hasPrefix("manifest") } == 4
            }
            let answer = try await subscriber.ask("/api/fetch/bar/small.bin", [("slice_", "70000:70010")])
            #expect(try SampleArray.values(answer.body).bytes.array == Array(small[70_000..<70_010]))
            #expect(try await subscriber.get("/api/download/bar/small.bin").body == small)
            #expect(other.dataBytes > 0)
            #expect(network.publisher.requests.count { !$0.hasPrefix("manifest") } == 4, "no more at the same time")
            network.publisher.alwaysSuffer(nil)
            network.publisher.gate.open()
            try await greedy.value
        }
    }
}
