import Arrays
import Blosc2
import Catalogue
import HTTP
import Platform
import TestSupport
import Testing

@testable import SubscriberService

/// Slices while the publisher's answers are wrong: nothing wrong is kept, and the next reader gets what is right.
@Suite(.patient) struct BlockFaultTests {
    private static let slice = "5, 17:60, 33:90"

    private static func with(
        clock: any SteadyClock = .system, timeout: Duration = Patience.limit,
        _ body: @Sendable (Network, TestSubscriber, [UInt8]) async throws -> Void
    ) async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber {
                $0.fetchTimeout = timeout
                $0.fetchClock = clock
            }
            let cube = try SampleArray.cube()
            try await network.publishFrame("cube.b2nd", cube)
            try await subscriber.waitForList(["cube.b2nd"])
            // So that what is asked for next is blocks and nothing else.
            _ = try await subscriber.slice("cube.b2nd", "60, 0, 0")
            try await body(network, subscriber, cube)
        }
    }

    private static let faults: [(HandMadePublisher.Fault, status: Int, text: String)] = [
        (.cut(after: 5000), 503, ""),
        (.cut(after: 7), 503, ""),
        (.wrongByte(at: 9000), 502, "digest"),
        (.wrongByte(at: 0), 502, ""),
        (.wrongByte(at: 4), 502, ""),
        (.wrongByte(at: 300), 502, ""),
        (.wrongByte(at: 4000), 502, ""),
        (.status(500), 503, "500"),
        (.ignoresRange, 502, ""),
        (.tooMuch, 502, "twice"),
        (.endless, 502, "twice"),
    ]

    @Test(arguments: faults.indices) func aWrongAnswerIsAnErrorAndNothingIsKept(_ index: Int) async throws {
        let (fault, status, text) = Self.faults[index]
        try await Self.with { network, subscriber, cube in
            let held = try await subscriber.status().mirrors.bytes
            network.publisher.alwaysSuffer(fault)
            let answer = try await subscriber.ask("/api/fetch/foo/cube.b2nd", [("slice_", Self.slice)])
            #expect(answer.status == status && answer.text.contains(text), "\(fault): \(answer.status) \(answer.text)")
            network.publisher.alwaysSuffer(nil)
            let values = try await subscriber.slice("cube.b2nd", Self.slice)
            #expect(values.bytes.array == (try SampleArray.values(cube, Self.slice).bytes.array))
            #expect(try await subscriber.status().mirrors.bytes >= held)
        }
    }

    @Test(arguments: [HandMadePublisher.Fault.stall(after: 3000), .trickle])
    func anAnswerThatDoesNotEndIsATimeoutAndOthersGoOn(_ fault: HandMadePublisher.Fault) async throws {
        let clock = ManualClock()
        try await Self.with(clock: clock, timeout: .seconds(1)) { network, subscriber, cube in
            network.publisher.suffer(fault)
            let other = "40, 17:60, 33:90"
            // One of the two gets the answer that does not end.
            try await withThrowingTaskGroup(of: (status: Int, text: String).self) { group in
                for slice in [Self.slice, other] {
                    group.addTask {
                        let answer = try await subscriber.ask("/api/fetch/foo/cube.b2nd", [("slice_", slice)])
                        return (answer.status, answer.text)
                    }
                }
                let free = try #require(try await group.next())
                #expect(free.status == 200, "\(free.text)")
                let stuck = try await clock.running(by: .milliseconds(500)) { try await group.next() }
                #expect(stuck?.status == 504, "\(stuck?.text ?? "")")
            }
            for slice in [Self.slice, other] {
                let values = try await subscriber.slice("cube.b2nd", slice)
                #expect(values.bytes.array == (try SampleArray.values(cube, slice).bytes.array))
            }
            network.publisher.gate.open()
        }
    }

    @Test func aProgramThatTookThePublishersPlaceIsNotBelieved() async throws {
        try await Self.with { network, subscriber, cube in
            // It knows of nothing, or answers everything with a page.
            let replaced = Flag()
            network.publisher.replace { _ in
                replaced.set()
                return HTTPResponse(
                    headers: ["Content-Type": "text/html"],
                    body: .bytes(SharedBytes("<html><body>It works!</body></html>")))
            }
            let answer = try await subscriber.ask("/api/fetch/foo/cube.b2nd", [("slice_", Self.slice)])
            #expect(answer.status == 502 && replaced.isSet, "\(answer.status) \(answer.text)")
            network.publisher.replace(nil)
            let values = try await subscriber.slice("cube.b2nd", Self.slice)
            #expect(values.bytes.array == (try SampleArray.values(cube, Self.slice).bytes.array))
        }
    }

    @Test func aLongChunkThatComesWrongLeavesTheBlocksThatAreHeldAsTheyAre() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            // One chunk of 12 MiB: too long to be gathered in memory before it is verified.
            let array = try SampleArray.constant(7, shape: [1536, 1024], chunks: [1536, 1024])
            try await network.publishFrame("long.b2nd", array)
            try await subscriber.waitForList(["long.b2nd"])
            _ = try await subscriber.slice("long.b2nd", "0:2, 0:5")
            network.publisher.alwaysSuffer(.wrongByte(at: 5000))
            #expect(try await subscriber.bytes("long.b2nd") == array, "the wrong byte is one of those that were held")
            await network.stopPublisher()
            let held = try await subscriber.slice("long.b2nd", "0:300, 0:5")
            #expect(held.bytes.array.enumerated().allSatisfy { $1 == ($0 % 8 == 0 ? 7 : 0) })
        }
    }

    @Test func greedyReadersLeaveRoomForOthers() async throws {
        try await Self.with { network, subscriber, cube in
            let files = (0..<10).map { "file\($0)" }
            for (number, name) in files.enumerated() {
                try await network.publish(name, noise(500_000, seed: UInt64(number)))
            }
            try await network.publishFrame("small.b2nd", SampleArray.constant(7))
            try await subscriber.waitForList(["cube.b2nd"] + files + ["small.b2nd"])
            // Nothing of a file comes any more; blocks do.
            network.publisher.alwaysSuffer(.stall(after: 100_000))
            let greedy = Task {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for file in files { group.addTask { _ = try await subscriber.bytes(file) } }
                    try await group.waitForAll()
                }
            }
            try await subscriber.wait("their requests are under way") {
                network.publisher.requests.count { $0.hasPrefix("data") } >= 3
            }
            network.publisher.alwaysSuffer(nil)
            let values = try await subscriber.slice("small.b2nd", "5:7")
            #expect(values.bytes.array.prefix(8) == [7, 0, 0, 0, 0, 0, 0, 0])
            #expect(try await subscriber.slice("cube.b2nd", Self.slice).shape == [43, 57])
            network.publisher.gate.open()
            try await greedy.value
        }
    }

    @Test func whoLeavesDoesNotEndTheFetchForOthers() async throws {
        try await Self.with { network, subscriber, cube in
            network.publisher.resetCounters()
            network.publisher.suffer(.stall(after: 3000))
            let leaving = Task { try await subscriber.ask("/api/fetch/foo/cube.b2nd", [("slice_", Self.slice)]) }
            try await subscriber.wait("it has asked") { network.publisher.requests.count == 1 }
            network.publisher.resetCounters()
            async let staying = subscriber.slice("cube.b2nd", Self.slice)
            leaving.cancel()
            _ = try? await leaving.value
            network.publisher.gate.open()
            #expect(try await staying.bytes.array == (try SampleArray.values(cube, Self.slice).bytes.array))
            #expect(network.publisher.requests.isEmpty, "what the first has asked for has come")
        }
    }
}
