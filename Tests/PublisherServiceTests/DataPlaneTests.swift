import Catalogue
import HTTP
import Platform
import PublisherService
import Synchronization
import TestSupport
import Testing
import Versions

/// Bytes by version.
@Suite(.patient) struct DataPlaneTests {
    private static let content = Content.random(3_000_000, seed: 11)

    private static func withFile<R: Sendable>(
        _ bytes: [UInt8] = content, _ body: @Sendable (PublisherHarness, Dataset) async throws -> R
    ) async throws -> R {
        try await PublisherHarness.run(prepare: { try $0.write("a.bin", bytes) }) { harness in
            try await body(harness, try await harness.published("a.bin", bytes))
        }
    }

    @Test func theWholeAndItsRangesAreServed() async throws {
        try await Self.withFile { harness, dataset in
            let url = "/versions/\(dataset.version)/data"
            let whole = try await harness.get(url)
            #expect(whole.status == 200)
            #expect(whole.body == Self.content)
            #expect(whole.headers["ETag"] == "\"\(dataset.version)\"")
            #expect(whole.headers["Cache-Control"]?.contains("immutable") == true)
            #expect(whole.headers["Bpubsub-Protocol"] == "1")
            let part = try await harness.get(url, ["Range": "bytes=1000000-2500000"])
            #expect(part.status == 206)
            #expect(part.body == Array(Self.content[1_000_000...2_500_000]))
            let several = try await harness.get(url, ["Range": "bytes=0-9,100-199"])
            #expect(several.status == 206)
            #expect(several.headers["Content-Type"]?.hasPrefix("multipart/byteranges") == true)
            let head = try await harness.get(url, method: "HEAD")
            #expect(head.headers["Content-Length"] == "3000000")
            #expect(try await harness.get(url, ["If-None-Match": "\"\(dataset.version)\""]).status == 304)
            let other = try await harness.get(url, ["If-Range": "\"other\"", "Range": "bytes=0-9"])
            #expect(other.status == 200)
            #expect(try await harness.get(url, ["Range": "bytes=4000000-"]).status == 416)
        }
    }

    /// As fsspec and wget look around.
    @Test func foldersArePagesOfLinks() async throws {
        try await PublisherHarness.run(
            prepare: {
                try $0.makeFolder("dir/sub")
                for name in ["a b.bin", "httpd:x", "dir/<b>.bin", "dir/sub/c.bin"] { try $0.write(name, [1]) }
            }
        ) { harness in
            let names = ["a b.bin", "httpd:x", "dir/<b>.bin", "dir/sub/c.bin"]
            for name in names { _ = try await harness.published(name, [1]) }
            let group = try await harness.get("/api/download/foo/")
            #expect(group.status == 200 && group.headers["Content-Type"] == "text/html; charset=utf-8")
            let links = group.text.matches(of: /href="([^"]*)"/).map { String($0.output.1) }
            #expect(links == ["a%20b.bin", "dir/", "%68ttpd%3Ax"])
            let folder = try await harness.get("/api/download/foo/dir/")
            #expect(folder.text.contains("<a href=\"%3Cb%3E.bin\">&lt;b&gt;.bin</a>"))
            #expect(folder.text.contains("<a href=\"sub/\">sub/</a>"))
            #expect(try await harness.get("/api/download/foo/dir/%3Cb%3E.bin").body == [1])
            #expect(try await harness.get("/api/download/foo/dir/sub").text.contains("c.bin"))
            #expect(try await harness.get("/api/download/").text.contains("href=\"foo/\""))
            #expect(try await harness.get("/api/download/foo/dir/", method: "HEAD").status == 200)
            for name in ["foo/nothing/", "foo/a%20b.bin/", "bar/", "foo/di/", "foo/nothing"] {
                #expect(try await harness.get("/api/download/\(name)").status == 404, "\(name)")
            }
        }
    }

    @Test func theDateOfAFileIsItsVersions() async throws {
        try await Self.withFile { harness, _ in
            let first = try await harness.get("/api/download/foo/a.bin", method: "HEAD")
            let date = try #require(first.headers["Last-Modified"])
            #expect(try await harness.get("/api/download/foo/a.bin", ["If-Modified-Since": date]).status == 304)
            let old = ["If-Modified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"] as HTTPHeaders
            #expect(try await harness.get("/api/download/foo/a.bin", old).status == 200)
        }
    }

    @Test func aVersionThatWasReplacedIsGone() async throws {
        try await Self.withFile { harness, dataset in
            try harness.folder.write("a.bin", [1])
            let next = try await harness.published("a.bin", [1])
            for part in ["data", "manifest", "blocks?of=0"] {
                #expect(try await harness.get("/versions/\(dataset.version)/\(part)").status == 410)
            }
            #expect(try await harness.get("/versions/\(next.version)/data").body == [1])
        }
    }

    @Test func aFileThatIsBeingChangedIsNotServedUnderItsOldName() async throws {
        try await PublisherHarness.run(
            { $0.settle = .seconds(3600) }, prepare: { try $0.write("a.bin", Self.content) }
        ) { harness in
            let dataset = try await harness.published("a.bin", Self.content)
            let writer = try harness.folder.open("a.bin")
            try writer.put([0, 1, 2, 3])
            #expect(try await harness.get("/versions/\(dataset.version)/data").status == 410)
            #expect(try await harness.get("/versions/\(dataset.version)/blocks?of=0:0").status == 410)
            #expect(try await harness.get("/api/download/foo/a.bin").status == 503)
        }
    }

    @Test func aChangeDuringAnAnswerCutsIt() async throws {
        try await PublisherHarness.run(prepare: { folder in
            let file = try folder.open("big.bin")
            try file.resize(to: 256 << 20)
        }) { harness in
            let view = try await harness.watch.until("the file") { $0["big.bin"] != nil }
            let dataset = try #require(view["big.bin"])
            let isChanged = Locked(false)
            let received = Locked(0)
            let sawNewBytes = Locked(false)
            let request = HTTPClient.Request(
                url: harness.publisher.endpoint.url + "/versions/\(dataset.version)/data")
            let folder = harness.folder
            await #expect(throws: HTTPError.self) {
                _ = try await harness.client.receive(
                    request, onHead: { #expect($0.status == 200) },
                    onBytes: { bytes in
                        received.withLock { $0 += bytes.byteCount }
                        let first = isChanged.withLock { isChanged in
                            defer { isChanged = true }
                            return !isChanged
                        }
                        if first {
                            let file = try folder.open("big.bin")
                            for offset in stride(from: Int64(0), to: 256 << 20, by: 4096) {
                                try file.put([7], at: offset)
                            }
                        }
                        let isZero = SharedBytes(copying: bytes).array.allSatisfy { $0 == 0 }
                        if !isZero { sawNewBytes.withLock { $0 = true } }
                    })
            }
            #expect(received.withLock { $0 } < 256 << 20)
            #expect(!sawNewBytes.withLock { $0 })
        }
    }

    @Test func aVersionIsServedFromAnyFileThatHasIt() async throws {
        try await Self.withFile { harness, dataset in
            try harness.folder.write("b.bin", Self.content)
            try await harness.published("b.bin", Self.content)
            try harness.folder.remove("a.bin")
            try await harness.withdrawn("a.bin")
            #expect(try await harness.get("/versions/\(dataset.version)/data").body == Self.content)
            try harness.folder.write("b.bin", [])
            try await harness.published("b.bin", [])
            #expect(try await harness.get("/versions/\(dataset.version)/data").status == 410)
        }
    }

    @Test func manifestsAndTheirDifferencesAreServed() async throws {
        try await Self.withFile { harness, first in
            let response = try await harness.get("/versions/\(first.version)/manifest")
            #expect(response.headers["Content-Type"] == "application/vnd.bpubsub.manifest")
            let old = try Manifest(encoded: response.body)
            #expect(old.version == first.version)
            #expect(old.chunks.count == 3)

            var bytes = Self.content
            bytes[1_500_000] ^= 1
            try harness.folder.write("a.bin", bytes)
            let second = try await harness.published("a.bin", bytes)
            let delta = try await harness.get("/versions/\(second.version)/manifest?since=\(first.version)")
            #expect(delta.headers["Content-Type"] == "application/vnd.bpubsub.manifest-delta")
            #expect(try ManifestDelta.decode(delta.body, since: old).version == second.version)
            // An unknown one costs the whole manifest, no error.
            let unknown = String(repeating: "0", count: 64)
            let whole = try await harness.get("/versions/\(second.version)/manifest?since=\(unknown)")
            #expect(try Manifest(encoded: whole.body).version == second.version)
        }
    }

    @Test func blocksComeWithTheirProof() async throws {
        let bytes = try Content.sample("mri.b2nd")
        try await Self.withFile(bytes) { harness, dataset in
            let manifest = try Content.manifest(bytes)
            #expect(manifest.content == .frame)
            let response = try await harness.get("/versions/\(dataset.version)/blocks?of=0:0;1:0-1;2")
            #expect(response.status == 200, "\(response.text.prefix(200))")
            let proven = try ProvenBlocks.decode(response.body)
            #expect(proven.map(\.chunk) == [0, 1, 2])
            for blocks in proven { #expect(blocks.belong(to: manifest)) }
            let last = manifest.chunks[2]
            let sent = proven[2].blocks.flatMap(\.bytes.array)
            let isRight = sent == Array(bytes[Int(last.offset)..<Int(last.range.upperBound)])
            #expect(isRight)
        }
    }

    @Test func largeAnswersOfBlocksStream() async throws {
        let bytes = Content.random(6 << 20, seed: 12)
        try await Self.withFile(bytes) { harness, dataset in
            let response = try await harness.get("/versions/\(dataset.version)/blocks?of=0;1;2;3;4;5")
            let proven = try ProvenBlocks.decode(response.body)
            #expect(proven.flatMap { $0.blocks.flatMap(\.bytes.array) } == bytes)
        }
    }

    @Test(arguments: [
        ("/versions/xyz/data", 400), ("/versions/xyz", 404), ("/nothing", 404),
        ("/api/download/foo/../../etc/passwd", 400),
        ("/api/download/foo/%2e%2e/%2e%2e/etc/passwd", 400), ("/api/download/fo", 400),
        ("/api/download/bar/a.bin", 404),
        ("/api/download/foo/b.bin", 404),
    ])
    func whatIsNotThereIsAClearError(_ path: String, _ status: Int) async throws {
        try await Self.withFile([1]) { harness, _ in
            let response = try await harness.get(path)
            #expect(response.status == status)
            #expect(response.text.contains("\"detail\""))
        }
    }

    @Test func badRequestsForBlocksAreRefused() async throws {
        try await Self.withFile { harness, dataset in
            for query in ["", "?of=", "?of=x", "?of=99", "?of=0:99", "?of=0:3-1", "?of=-1"] {
                let response = try await harness.get("/versions/\(dataset.version)/blocks\(query)")
                #expect(response.status == 400, "\(query)")
            }
            let unknown = String(repeating: "0", count: 64)
            #expect(try await harness.get("/versions/\(unknown)/data").status == 410)
            #expect(try await harness.get("/versions/\(dataset.version)/data", method: "POST").status == 405)
        }
    }

    @Test func theListIsSortedAndNamesTheGroup() async throws {
        try await PublisherHarness.run(prepare: { folder in
            for name in ["b", "a", "c"] { try folder.write(name, [1]) }
        }) { harness in
            try await harness.watch.until("all") { $0.count == 3 }
            #expect(try await harness.get("/api/list").text == #"["foo/a","foo/b","foo/c"]"#)
            #expect(try await harness.get("/health").status == 200)
        }
    }
}
