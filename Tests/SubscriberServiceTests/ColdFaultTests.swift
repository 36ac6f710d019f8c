import Arrays
import Catalogue
import HTTP
import Platform
import TestSupport
import Testing

@testable import SubscriberService

/// Wrong answers to the very first reads of a dataset, of which nothing is held.
@Suite(.serialized, .patient) struct ColdFaultTests {
    private static let faults: [HandMadePublisher.Fault] = [
        .cut(after: 0), .cut(after: 500), .wrongByte(at: 40), .wrongByte(at: 1000), .status(500), .status(206),
        .ignoresRange, .tooMuch, .endless, .stall(after: 100), .trickle,
    ]

    private struct Part {
        let name: String
        let slice: String
    }

    private static let parts = [
        // With the frame's own parts; and, of a plain file, of a chunk's blocks, of most of a chunk.
        Part(name: "cube.b2nd", slice: "5, 17:60, 33:90"), Part(name: "a.bin", slice: "100000:100100"),
        Part(name: "b.bin", slice: "1048500:2000000"),
    ]

    @Test(arguments: faults.indices) func aWrongAnswerIsAnErrorAndTheNextReadIsRight(_ index: Int) async throws {
        let fault = Self.faults[index]
        try await Network.with { network in
            let clock = ManualClock()
            let subscriber = try await network.subscriber {
                $0.fetchTimeout = .seconds(1)
                $0.fetchClock = clock
            }
            let contents = [
                "a.bin": noise((2 << 20) + 5, seed: 3), "b.bin": noise((2 << 20) + 6, seed: 4),
                "cube.b2nd": try SampleArray.cube(),
            ]
            try await network.publishFrame("cube.b2nd", contents["cube.b2nd"]!)
            for name in ["a.bin", "b.bin"] { try await network.publish(name, contents[name]!) }
            try await subscriber.waitForList(contents.keys.sorted())
            for part in Self.parts {
                let expected = try Self.values(part, of: contents[part.name]!)
                network.publisher.alwaysSuffer(fault)
                let ask = { try await subscriber.ask("/api/fetch/foo/" + part.name, [("slice_", part.slice)]) }
                // Time passes only where that is the fault: a busy machine is no silent publisher.
                let isSilence = Self.statuses(fault) == [504]
                let answer = isSilence ? try await clock.running(by: .milliseconds(500), ask) : try await ask()
                if answer.status == 200 {
                    // What comes after all that was asked for does no harm.
                    #expect(try SampleArray.values(answer.body).bytes.array == expected, "\(fault)")
                } else {
                    #expect(Self.statuses(fault).contains(answer.status), "\(fault): \(answer.status) \(answer.text)")
                    #expect(answer.text.contains("detail") && answer.text.contains("127.0.0.1"), "\(answer.text)")
                }
                network.publisher.alwaysSuffer(nil)
                #expect(try await subscriber.slice(part.name, part.slice).bytes.array == expected)
            }
            network.publisher.gate.open()
            // And nothing beside it that others would be served.
            for (name, content) in contents { #expect(try await subscriber.bytes(name) == content) }
        }
    }

    private static func values(_ part: Part, of content: [UInt8]) throws -> [UInt8] {
        guard part.name.hasSuffix(".bin") else { return try SampleArray.values(content, part.slice).bytes.array }
        let axis = try SliceExpression(parsing: part.slice).resolved(for: [Int64(content.count)]).axes[0]
        return Array(content[axis.start..<axis.start + axis.count])
    }

    private static func statuses(_ fault: HandMadePublisher.Fault) -> [Int] {
        switch fault {
        case .stall, .trickle: [504]
        case .cut, .status: [503]
        case .wrongByte: [502]
        default: [502, 503]
        }
    }

    @Test func aProgramThatTookThePublishersPlaceHasNoManifestThatIsBelieved() async throws {
        try await SliceTests.with { network, subscriber, cube in
            let slice = "5, 17:60, 33:90"
            for status in [200, 404, 206, 500] {
                network.publisher.replace { _ in
                    HTTPResponse(
                        status: status, headers: ["Content-Type": "text/html"],
                        body: .bytes(SharedBytes("<html><body>It works!</body></html>")))
                }
                let answer = try await subscriber.ask("/api/fetch/foo/cube.b2nd", [("slice_", slice)])
                #expect([502, 503].contains(answer.status), "\(status): \(answer.status) \(answer.text)")
            }
            network.publisher.replace(nil)
            let values = try await subscriber.slice("cube.b2nd", slice)
            #expect(values.bytes.array == (try SampleArray.values(cube, slice).bytes.array))
        }
    }
}
