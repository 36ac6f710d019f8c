import Catalogue
import HTTP
import Platform
import TestSupport
import Testing

@testable import SubscriberService

/// What exists and what it is, in the words of the read API.
@Suite(.patient) struct ReadCatalogueTests {
    static func with(_ body: @Sendable (Network, TestSubscriber) async throws -> Void) async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publishFrame("cube.b2nd", SampleArray.cube())
            try await network.publishFrame(
                "dir/small.b2nd", SampleArray.constant(7), attributes: ["who": .string("me")])
            try await network.publish("dir/sub/ü x.txt", Array("hello".utf8))
            try await network.publish("empty.txt", [])
            try await subscriber.waitForList(["cube.b2nd", "dir/small.b2nd", "dir/sub/ü x.txt", "empty.txt"])
            try await body(network, subscriber)
        }
    }

    @Test func groupsAreRootsAndFoldersAreListed() async throws {
        try await Self.with { _, subscriber in
            #expect(try await subscriber.ask("/api/roots").text == #"{"foo":{"name":"foo"}}"#)
            let lists = [
                "foo": #"["cube.b2nd","dir/small.b2nd","dir/sub/ü x.txt","empty.txt"]"#,
                "foo/": #"["cube.b2nd","dir/small.b2nd","dir/sub/ü x.txt","empty.txt"]"#,
                "foo/dir": #"["small.b2nd","sub/ü x.txt"]"#, "foo/dir/": #"["small.b2nd","sub/ü x.txt"]"#,
                "foo/di": "[]", "foo/nothing": "[]", "foo/cube.b2nd/x": "[]", "foo/cube.b2nd": #"["cube.b2nd"]"#,
                "foo/dir/sub/ü x.txt": #"["ü x.txt"]"#,
            ]
            for (path, list) in lists {
                let answer = try await subscriber.ask("/api/list/" + path)
                #expect(answer.status == 200 && answer.text == list, "\(path): \(answer.text)")
            }
            // The subscriber's own list is another.
            let all = try await subscriber.ask("/api/list/")
            #expect(all.text == (try await subscriber.ask("/api/list").text) && all.text.contains("foo/cube.b2nd"))
        }
    }

    @Test func infoHasWhatClientsExpect() async throws {
        try await Self.with { _, subscriber in
            let answer = try await subscriber.ask("/api/info/foo/dir/small.b2nd")
            let version = answer.headers["Bpubsub-Version"] ?? ""
            #expect(answer.headers["ETag"] == "\"\(version)\"" && version.count == 64)
            let info = try WireJSON.decode(JSONValue.self, from: answer.body)
            #expect(info["shape"] == .array([.integer(64), .integer(64)]) && info["dtype"] == .string("int64"))
            #expect(
                info["mtime"] == .string("2025-11-24T16:00:00.250000Z") && info["accept_ranges"] == .string("bytes"))
            let schunk = try #require(info["schunk"])
            #expect(schunk["vlmeta"]?["who"] == .string("me") && schunk["urlpath"] == .null && schunk["mtime"] == .null)
            #expect(schunk["nbytes"] == .integer(64 * 64 * 8) && schunk["nchunks"] == .integer(16))
            #expect(schunk["chunkshape"] == .integer(256) && schunk["chunksize"] == .integer(2048))
            guard case .object(let parameters)? = schunk["cparams"] else { throw TestFailure("no cparams") }
            // Clients make an object of exactly these.
            #expect(
                parameters.keys.sorted() == [
                    "blocksize", "clevel", "codec", "codec_meta", "filters", "filters, meta", "filters_meta",
                    "nthreads", "splitmode", "tuner", "typesize", "use_dict",
                ])
        }
    }

    @Test func filesAndFoldersHaveInfoToo() async throws {
        try await Self.with { _, subscriber in
            let file = try await subscriber.json("/api/info/foo/dir/sub/ü x.txt")
            #expect(file["nbytes"] == .integer(5) && file["nchunks"] == .integer(1) && file["shape"] == nil)
            #expect(file["mtime"] == .string("1970-01-01T00:00:01Z"))
            let empty = try await subscriber.json("/api/info/foo/empty.txt")
            #expect(empty["chunksize"] == .integer(-1) && empty["nchunks"] == .integer(0))
            let folder = try await subscriber.ask("/api/info/foo/dir")
            #expect(folder.headers["ETag"] == nil)
            let group = try WireJSON.decode(JSONValue.self, from: folder.body)
            #expect(group["kind"] == .string("group") && group["nfiles"] == .integer(2))
            #expect(try await subscriber.json("/api/info/foo")["nfiles"] == .integer(4))
            let missing = try await subscriber.ask("/api/info/foo/nothing")
            #expect(missing.status == 404 && missing.text.contains("detail"))
        }
    }

    @Test(.enabled(if: TestPython.isInstalled)) func attributesThatDoNotTravelAreReadFromTheFile() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            let script = """
                import blosc2, numpy as np
                a = blosc2.asarray(np.arange(100_000), urlpath="a.b2nd", mode="w", chunks=(1000,))
                a.schunk.vlmeta["text"] = "x" * 10_000
                a.schunk.vlmeta["n"] = {"a": [1, 2.5, None, True]}
                a.schunk.vlmeta["bytes"] = b"\\xff\\xfe"
                a.schunk.vlmeta["nan"] = float("nan")
                """
            try await TestPython.running(script, "", in: network.folder)
            let bytes = try FileSystem.readAll(network.folder + "/a.b2nd", limit: 1 << 30)
            try await network.publishFrame("a.b2nd", bytes, omitsAttributes: true)
            try await subscriber.waitForList(["a.b2nd"])
            let attributes = try #require(try await subscriber.json("/api/info/foo/a.b2nd")["schunk"]?["vlmeta"])
            #expect(attributes["text"] == .string(String(repeating: "x", count: 10_000)))
            #expect(attributes["n"]?["a"] == .array([.integer(1), .number(2.5), .null, .bool(true)]))
            #expect(attributes["nan"] == .null && attributes["bytes"] != nil)
            #expect(network.publisher.dataBytes < bytes.count / 2, "the array itself is not fetched for that")
        }
    }

    @Test func whatASubscriberDoesNotDoIsSaidClearly() async throws {
        try await Self.with { _, subscriber in
            for path in [
                "/auth/jwt/login", "/api/upload/foo/x", "/api/append/foo/x", "/api/move/", "/api/copy/",
                "/api/remove/foo/x", "/api/unfold/foo/x", "/api/load_from_url/foo/x", "/api/publish/foo/x",
                "/api/upload_lazyarr/foo/x", "/api/lazyexpr/", "/api/adduser/", "/api/chunk/foo/cube.b2nd",
            ] {
                let answer = try await subscriber.ask(path, method: "POST", body: "{}")
                #expect(answer.status == 501 && answer.text.contains("\"detail\":\""), "\(path): \(answer.status)")
            }
            #expect(try await subscriber.ask("/api/listusers/").status == 501)
            for path in ["/api/roots", "/api/list/foo", "/api/info/foo", "/api/download/foo/cube.b2nd"] {
                let answer = try await subscriber.ask(path, method: "DELETE")
                #expect(answer.status == 405 && answer.headers["Allow"] == "GET, HEAD", "\(path): \(answer.status)")
            }
        }
    }

    @Test func pathsThatLeadNowhereAreRefused() async throws {
        try await Self.with { _, subscriber in
            for kind in ["list", "info", "fetch", "chunk", "download"] {
                let unknown = try await subscriber.ask("/api/\(kind)/nobody/x")
                #expect(unknown.status == 404 && unknown.text.contains("detail"), "\(kind): \(unknown.text)")
                for path in ["foo/../../etc/passwd", "foo/./x", "../foo", "foo//x"] {
                    let answer = try await subscriber.ask("/api/\(kind)/\(path)")
                    #expect(answer.status == 400 && !answer.text.contains("/tmp"), "\(kind) \(path): \(answer.text)")
                }
            }
            #expect(try await subscriber.ask("/api/fetch/foo/dir").status == 400)
            // A page of links, and not what a dataset would be.
            let folder = try await subscriber.ask("/api/download/foo/dir")
            #expect(folder.status == 200 && folder.headers["Content-Type"] == "text/html; charset=utf-8")
            #expect(folder.headers["Bpubsub-Version"] == nil && folder.text.contains("href="))
            #expect(try await subscriber.ask("/api/chunk/foo/dir", [("nchunk", "0")]).status == 404)
        }
    }
}
