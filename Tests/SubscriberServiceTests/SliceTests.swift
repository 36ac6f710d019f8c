import Arrays
import Blosc2
import Catalogue
import HTTP
import Platform
import TestSupport
import Testing
import Versions

@testable import SubscriberService

/// Parts of arrays through a subscriber.
@Suite(.patient) struct SliceTests {
    static func with(_ body: @Sendable (Network, TestSubscriber, [UInt8]) async throws -> Void) async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            let cube = try SampleArray.cube()
            try await network.publishFrame("cube.b2nd", cube)
            try await subscriber.waitForList(["cube.b2nd"])
            try await body(network, subscriber, cube)
        }
    }

    @Test func aColdSliceIsOneRequestForItsBlocksAndAWarmOneNone() async throws {
        try await Self.with { network, subscriber, cube in
            let slice = "5, 17:27, 33:43"
            let values = try await subscriber.slice("cube.b2nd", slice)
            let expected = try SampleArray.values(cube, slice)
            #expect(values.shape == [10, 10] && values.bytes.array == expected.bytes.array)
            #expect(network.publisher.requests.count == 2, "manifest and blocks: \(network.publisher.requests)")
            #expect(network.publisher.dataBytes < 8192, "one block of 4 KiB, its chunk's head, the frame's parts")
            network.publisher.resetCounters()
            for slice in [slice, "4:8, 16:32, 32:48", "5, 20, 40", "5, 20:20"] {
                let again = try await subscriber.slice("cube.b2nd", slice)
                let expected = try SampleArray.values(cube, slice)
                #expect(again.shape == expected.shape && again.bytes.array == expected.bytes.array)
            }
            #expect(network.publisher.requests.isEmpty)
            let answer = try await subscriber.ask("/api/fetch/foo/cube.b2nd", [("slice_", slice)])
            #expect(answer.headers["Cache-Status"] == "bpubsub; hit" && answer.headers["Age"] == nil)
            #expect(answer.headers["Accept-Ranges"] == "none")
            let tag = try #require(answer.headers["ETag"])
            let known = try await subscriber.ask(
                "/api/fetch/foo/cube.b2nd", [("slice_", slice)], headers: ["If-None-Match": tag])
            #expect(known.status == 304 && known.body.isEmpty && known.headers["ETag"] == tag)
            let other = try await subscriber.ask(
                "/api/fetch/foo/cube.b2nd", [("slice_", "0, 0, 0")], headers: ["If-None-Match": tag])
            #expect(other.status == 200 && other.headers["ETag"] != tag)
        }
    }

    @Test func whoHasAnAnswerAlreadyIsToldSoWithoutAFetch() async throws {
        try await Self.with { network, subscriber, _ in
            let other = try await network.subscriber("other")
            try await other.waitForList(["cube.b2nd"])
            let slice = [("slice_", "5, 17:27, 33:43")], view = [("slice_", "5, 0:40, 0:40"), ("pixels", "20,20")]
            for (route, query) in [("/api/fetch", slice), ("/api/view", view)] {
                let tag = try #require(try await subscriber.ask("\(route)/foo/cube.b2nd", query).headers["ETag"])
                network.publisher.resetCounters()
                let known = try await other.ask("\(route)/foo/cube.b2nd", query, headers: ["If-None-Match": tag])
                #expect(known.status == 304 && known.body.isEmpty && known.headers["ETag"] == tag)
                #expect(known.headers["Bpubsub-Version"] != nil)
                #expect(network.publisher.requests.isEmpty)
            }
        }
    }

    @Test(arguments: ResponseCodec.allCases) func answersAreCompressedAsTheSubscriberWasTold(
        _ codec: ResponseCodec
    ) async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber { $0.responseCodec = codec }
            let cube = try SampleArray.cube()
            try await network.publishFrame("cube.b2nd", cube)
            try await subscriber.waitForList(["cube.b2nd"])
            let slice = "0:40, 0:40, 0:40"
            let expected = try SampleArray.values(cube, slice)
            #expect(try await subscriber.slice("cube.b2nd", slice).bytes.array == expected.bytes.array)
            let answer = try await subscriber.ask("/api/fetch/foo/cube.b2nd", [("slice_", slice)])
            // A frame names its codec.
            #expect(answer.body == (try expected.frame(codec.frameCodec).array))
        }
    }

    @Test func whatANewVersionHasInCommonIsNotFetchedAgain() async throws {
        try await Self.with { network, subscriber, cube in
            for slice in ["5, 17:27, 33:43", "50, 17:27, 33:43"] { _ = try await subscriber.slice("cube.b2nd", slice) }
            let other = try SampleArray.cube(changedFrom: 48)
            let version = try await network.publishFrame("cube.b2nd", other)
            try await subscriber.wait("it knows of the new version") {
                try subscriber.parts.copy.entry(DatasetPath("foo/cube.b2nd"))?.version == version
            }
            network.publisher.resetCounters()
            let same = try await subscriber.slice("cube.b2nd", "5, 17:27, 33:43")
            #expect(same.bytes.array == (try SampleArray.values(cube, "5, 17:27, 33:43").bytes.array))
            #expect(network.publisher.dataBytes < 2048, "the frame's parts at most; a block has 4 KiB")
            let changed = try await subscriber.slice("cube.b2nd", "50, 17:27, 33:43")
            #expect(changed.bytes.array == (try SampleArray.values(other, "50, 17:27, 33:43").bytes.array))
        }
    }

    @Test func allOfAnArrayIsTheFileItself() async throws {
        try await Self.with { _, subscriber, cube in
            for query in [[], [("slice_", "")], [("slice_", ":, :, :")], [("slice_", "0:64")]] {
                let answer = try await subscriber.ask("/api/fetch/foo/cube.b2nd", query)
                #expect(answer.status == 200 && answer.body == cube)
                #expect(answer.headers["Accept-Ranges"] == "bytes" && answer.headers["ETag"] != nil)
                #expect(answer.headers["Content-Disposition"] == "attachment; filename=\"cube.b2nd\"")
                #expect(answer.headers["Last-Modified"] == "Mon, 24 Nov 2025 16:00:00 GMT")
            }
        }
    }

    @Test func whatIsAskedForByBodyIsTheSame() async throws {
        try await Self.with { _, subscriber, cube in
            func post(_ body: String) async throws -> HTTPClient.Response {
                try await subscriber.ask("/api/fetch/foo/cube.b2nd", method: "POST", body: body)
            }
            let answer = try await post(#"{"slice_":"1:3, 2, :5","indices":null}"#)
            #expect(
                answer.body == (try await subscriber.ask("/api/fetch/foo/cube.b2nd", [("slice_", "1:3, 2, :5")])).body)
            let lists = try SampleArray.values(try await post(##"{"indices":"[[1,5],null,[0,-1]]"}"##).body)
            let parts = try ["1, :, 0", "5, :, -1"].map { try SampleArray.values(cube, $0).bytes.array }
            #expect(lists.shape == [2, 128] && lists.bytes.array == parts[0] + parts[1])
            for (body, type) in [
                ("{secret", "json_invalid"), ("[1]", "model_type"), (#"{"slice_":1}"#, "string_type"),
                (#"{"other":"x"}"#, "extra_forbidden"),
            ] {
                let refused = try await post(body)
                #expect(refused.status == 422 && refused.text.contains(type), "\(body): \(refused.text)")
                #expect(!refused.text.contains("secret"))
            }
            let long = #"{"slice_":""# + String(repeating: " ", count: FetchQuestion.bodyLimit) + #""}"#
            #expect(try await post(long).status == 413)
        }
    }

    @Test func questionsThatMakeNoSenseAreAnsweredInNumPysWords() async throws {
        try await Self.with { network, subscriber, _ in
            let refusals: [([(String, String)], Int, String)] = [
                ([("slice_", "64")], 400, "index 64 is out of bounds for axis 0 with size 64"),
                ([("slice_", "1,2,3,4")], 400, "too many indices"), ([("slice_", "a:b")], 400, "is not a slice"),
                ([("indices", "[nonsense")], 400, "not JSON"), ([("indices", "{}")], 400, "JSON list"),
                ([("indices", "[[true]]")], 400, "only integers"), ([("indices", "[[64]]")], 400, "out of bounds"),
                ([("indices", "[[1]]"), ("slice_", "1")], 400, "cannot be combined"),
                ([("field", "x")], 400, "not structured"), ([("filter", "x > 1")], 501, "filter"),
                ([("filter", "x > 1"), ("field", "x")], 400, "cannot be combined"),
            ]
            for (query, status, words) in refusals {
                let answer = try await subscriber.ask("/api/fetch/foo/cube.b2nd", query)
                #expect(answer.status == status && answer.text.contains(words), "\(query): \(answer.text)")
            }
            let ranged = try await subscriber.ask(
                "/api/fetch/foo/cube.b2nd", [("slice_", "1")], headers: ["Range": "bytes=0-1"])
            #expect(ranged.status == 416 && ranged.headers["Accept-Ranges"] == "none")
            #expect(network.publisher.dataBytes < 8192, "no data is fetched for what is refused")
        }
    }

    @Test func rangesOfAColdFrameFetchTheBlocksThatTheyTouch() async throws {
        try await Self.with { network, subscriber, cube in
            let path = "/api/fetch/foo/cube.b2nd"
            let start = try await subscriber.ask(path, headers: ["Range": "bytes=0-8191"])
            #expect(start.status == 206 && start.body == Array(cube[0..<8192]))
            #expect(start.headers["Content-Range"] == "bytes 0-8191/\(cube.count)")
            #expect(network.publisher.dataBytes < 20_000)
            network.publisher.resetCounters()
            let spans = [100_000..<100_100, 1_000_000..<1_000_050, 2_500_000..<2_504_000]
            let header = "bytes=" + spans.map { "\($0.lowerBound)-\($0.upperBound - 1)" }.joined(separator: ", ")
            let several = try await subscriber.ask(path, headers: ["Range": header])
            #expect(several.status == 206 && several.headers["Content-Type"]?.contains("multipart/byteranges") == true)
            for span in spans { #expect(several.body.firstRange(of: cube[span]) != nil) }
            #expect(network.publisher.dataBytes < 40_000 && network.publisher.requests.count <= 2)
            network.publisher.resetCounters()
            #expect(try await subscriber.ask(path, headers: ["Range": header]).status == 206)
            #expect(network.publisher.requests.isEmpty)
            let beyond = try await subscriber.ask(path, headers: ["Range": "bytes=99999999-"])
            #expect(beyond.status == 416 && beyond.headers["Content-Range"] == "bytes */\(cube.count)")
            for malformed in ["bytes=x-y", "items=0-1"] {
                #expect(try await subscriber.ask(path, headers: ["Range": malformed]).status == 400)
            }
            let other = try await subscriber.ask(path, headers: ["Range": "bytes=0-9", "If-Range": "\"other\""])
            #expect(other.status == 200 && other.body == cube)
        }
    }

    @Test func aRangeOfTheFrameThatIsMadeOfAPlainFileIsRefusedBeforeTheFileIsFetched() async throws {
        try await Self.with { network, subscriber, _ in
            try await network.publish("notes.txt", noise(300_000, seed: 3))
            try await subscriber.wait("it is known") {
                try subscriber.parts.copy.entry(DatasetPath("foo/notes.txt")) != nil
            }
            network.publisher.resetCounters()
            for ranges in ["bytes=0-1", "bytes=0-1, 4-5"] {
                let path = "/api/fetch/foo/notes.txt"
                let ranged = try await subscriber.ask(path, [], headers: ["Range": ranges])
                #expect(ranged.status == 416 && ranged.headers["Accept-Ranges"] == "none")
                #expect(ranged.text.contains("/api/download/foo/notes.txt"), "\(ranged.text)")
            }
            #expect(network.publisher.dataBytes == 0)
            let own = try await subscriber.ask("/api/download/foo/notes.txt", headers: ["Range": "bytes=0-1, 4-5"])
            #expect(own.status == 206 && own.headers["Content-Type"]?.contains("multipart/byteranges") == true)
        }
    }

    @Test func chunksComeAsTheyAreStored() async throws {
        try await Self.with { network, subscriber, cube in
            let layout = try FrameLayout(MemorySource(cube))
            for (number, chunk) in layout.chunks.enumerated() {
                guard case .stored(let offset, let length) = chunk else { throw TestFailure("no bytes") }
                let answer = try await subscriber.ask("/api/chunk/foo/cube.b2nd", [("nchunk", "\(number)")])
                #expect(answer.status == 200 && answer.body == Array(cube[Int(offset)..<Int(offset) + length]))
            }
            for (query, status) in [
                ([], 422), ([("nchunk", "x")], 422), ([("nchunk", "8")], 400), ([("nchunk", "-1")], 400),
            ] {
                #expect(try await subscriber.ask("/api/chunk/foo/cube.b2nd", query).status == status)
            }
        }
    }

    @Test func aPlainFileIsReadAsTheFrameThatClientsTakeItFor() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            let content = noise(3_000_000, seed: 9)
            try await network.publish("a.bin", content)
            try await network.publish("empty.txt", [])
            try await subscriber.waitForList(["a.bin", "empty.txt"])
            let part = try await subscriber.slice("a.bin", "1500000:1500100")
            #expect(part.bytes.array == Array(content[1_500_000..<1_500_100]) && part.dtype == nil)
            #expect(network.publisher.dataBytes == 65_536 + 0 || network.publisher.dataBytes < 70_000)
            #expect(try await subscriber.slice("a.bin", "-1").bytes.array == Array(content.suffix(1)))
            #expect(try await subscriber.slice("a.bin", "").bytes.array == content)
            #expect(try await subscriber.slice("empty.txt", "").bytes.count == 0)
            let chunk = try await subscriber.ask("/api/chunk/foo/a.bin", [("nchunk", "2")])
            #expect(chunk.status == 200 && chunk.body.count <= 3_000_000 - 2 << 20 + 32)
            #expect(try await subscriber.ask("/api/chunk/foo/a.bin", [("nchunk", "3")]).status == 400)
            #expect(try await subscriber.ask("/api/fetch/foo/a.bin", [("slice_", "::2")]).status == 400)
            #expect(try await subscriber.ask("/api/fetch/foo/a.bin", [("indices", "[[1]]")]).status == 400)
        }
    }

    @Test func whatTheNextSubscriberAsksForIsFetchedAtTheSameTime() async throws {
        try await Self.with { network, near, cube in
            _ = try await near.slice("cube.b2nd", "0, 0, 0")
            network.publisher.resetCounters()
            network.publisher.alwaysSuffer(.stall(after: 0))
            let version = try VersionMaker.version(of: MemorySource(cube)).manifest.version
            async let answer = near.ask("/versions/\(version)/blocks", [("of", "a2;a4;a6")])
            try await near.wait("the second is asked for before the first is there") {
                network.publisher.requests.count > 1
            }
            network.publisher.alwaysSuffer(nil)
            network.publisher.gate.open()
            #expect(try await answer.status == 200)
        }
    }

    @Test func aSliceTravelsThroughAChainOfSubscribers() async throws {
        try await Self.with { network, near, cube in
            let far = try await network.subscriber("far", broker: near.url)
            try await far.waitForList(["cube.b2nd"])
            let slice = "::9, 3, 100:"
            let values = try await far.slice("cube.b2nd", slice)
            #expect(values.bytes.array == (try SampleArray.values(cube, slice)).bytes.array)
        }
    }
}
