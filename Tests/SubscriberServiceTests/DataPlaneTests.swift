import Arrays
import Catalogue
import HTTP
import Platform
import TestSupport
import Testing
import Versions
import Wire

@testable import SubscriberService

/// What publishers and subscribers both serve, they serve alike.
@Suite(.patient) struct DataPlaneTests {
    enum Server: CaseIterable, Sendable { case publisher, subscriber }

    /// One of the two, and what both have.
    struct Stage: Sendable {
        let url: String
        let client: HTTPClient

        func ask(
            _ target: String, _ headers: HTTPHeaders = [:], method: String = "GET"
        ) async throws -> HTTPClient.Response {
            try await client.send(
                .init(method: method, url: url + target, headers: headers, idleTimeout: Patience.limit), limit: 1 << 30)
        }

        func ask(
            _ version: Version, _ part: VersionQuestion.Part, _ headers: HTTPHeaders = [:], method: String = "GET"
        ) async throws -> HTTPClient.Response {
            try await ask(VersionQuestion(version, part).target, headers, method: method)
        }
    }

    /// Files of which the second has a chunk of the first, and the third nothing.
    private static let files: [(name: String, bytes: [UInt8])] = {
        let first = noise(6_500_000, seed: 61)
        return [("a", first), ("b", Array(first[..<3_000_000]) + [1]), ("c", noise(2_500_000, seed: 62)), ("d", [])]
    }()

    private static func manifest(_ name: String) throws -> Manifest {
        let bytes = try #require(files.first { $0.name == name }?.bytes)
        return try VersionMaker.version(of: MemorySource(bytes)).manifest
    }

    private static func with(
        _ server: Server, _ body: @escaping @Sendable (Stage) async throws -> Void
    ) async throws {
        try await Network.with { network in
            let folder = network.folder + "/data"
            try FileSystem.createDirectories(folder)
            for file in files { try FileSystem.writeAtomically("\(folder)/\(file.name)", file.bytes) }
            try await network.publish(folder: folder, as: "both")
            switch server {
            case .publisher:
                let answer = try await network.client.send(
                    .init(url: network.brokerURL + RoutePath.publisher.of("both")))
                let group = try WireJSON.decode(Group.self, from: answer.body)
                let stage = Stage(url: try #require(group.urls.first), client: network.client)
                try await Eventually.holds("all is published") {
                    let answer = try await stage.ask("/api/list")
                    return try WireJSON.decode([String].self, from: answer.body).count == files.count
                }
                try await body(stage)
            case .subscriber:
                let subscriber = try await network.subscriber()
                try await subscriber.wait("all is listed") { try await subscriber.list().count == files.count }
                try await body(Stage(url: subscriber.url, client: network.client))
            }
        }
    }

    @Test(arguments: Server.allCases) func whatIsNoVersionIsToldSo(_ server: Server) async throws {
        let version = try Self.manifest("a").version, unknown = String(repeating: "0", count: 64)
        try await Self.with(server) { stage in
            for (target, status) in [
                ("xyz/data", 400), ("\(unknown.dropLast())/manifest", 400), ("\(version)".uppercased() + "/data", 400),
                ("xyz", 404), ("\(version)", 404), ("\(version)/", 404), ("\(version)/other", 404),
                ("\(version)/data/x", 404), ("\(unknown)/data", 410), ("\(unknown)/manifest", 410),
                ("\(unknown)/blocks?of=0", 410), ("\(version)/manifest?since=x", 400),
                ("\(version)/manifest?since=", 400), ("\(version)/blocks", 400), ("\(version)/blocks?of=x", 400),
                ("\(version)/blocks?of=99", 400), ("\(version)/blocks?of=0:99", 400), ("\(version)/blocks?of=f", 400),
                ("\(version)/blocks?of=a0:0", 400),
            ] {
                let answer = try await stage.ask("/versions/" + target)
                #expect(answer.status == status, "\(target): \(answer.status) \(answer.text)")
                #expect(Refusal(status: status, body: answer.body) != nil, "\(target): \(answer.text)")
                #expect(answer.headers[ProtocolHeader.protocol] == "1")
            }
        }
    }

    @Test(arguments: Server.allCases) func aManifestIsAskedForOnce(_ server: Server) async throws {
        let manifest = try Self.manifest("a"), tag = "\"\(manifest.version)\""
        try await Self.with(server) { stage in
            let part = VersionQuestion.Part.manifest(since: nil)
            let whole = try await stage.ask(manifest.version, part, ["Accept-Encoding": "gzip"])
            #expect(whole.status == 200 && whole.body == manifest.encoded)
            #expect(whole.headers["Content-Type"] == MediaType.manifest)
            #expect(whole.headers["Content-Encoding"] == nil)
            #expect(whole.headers["ETag"] == tag)
            #expect(whole.headers["Cache-Control"] == CacheControl.immutable)
            for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let again = try await stage.ask(manifest.version, part, ["If-None-Match": known])
                #expect(again.status == 304 && again.body.isEmpty, "\(known): \(again.status)")
                #expect(again.headers["ETag"] == tag)
            }
            let other = try await stage.ask(manifest.version, part, ["If-None-Match": "\"other\""])
            #expect(other.status == 200)
            let head = try await stage.ask(manifest.version, part, method: "HEAD")
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(head.headers["Content-Length"] == "\(manifest.encoded.count)")
        }
    }

    /// The difference is sent where it is shorter, and never what another answer's tag promises.
    @Test(arguments: Server.allCases) func aDifferenceIsShorterThanTheManifest(_ server: Server) async throws {
        let new = try Self.manifest("b"), old = try Self.manifest("a"), strange = try Self.manifest("c")
        try await Self.with(server) { stage in
            // What a subscriber can tell the difference to is what it has.
            for manifest in [old, strange] {
                #expect(try await stage.ask(manifest.version, .manifest(since: nil)).status == 200)
            }
            let delta = try await stage.ask(new.version, .manifest(since: old.version))
            #expect(delta.headers["Content-Type"] == MediaType.manifestDelta)
            #expect(delta.body.count < new.encoded.count && delta.headers["ETag"] == nil)
            #expect(try ManifestDelta.decode(delta.body, since: old) == new)
            let unknown = try #require(Version(String(repeating: "0", count: 64)))
            for since in [strange.version, unknown] {
                let whole = try await stage.ask(new.version, .manifest(since: since))
                #expect(whole.headers["Content-Type"] == MediaType.manifest)
                #expect(whole.body == new.encoded && whole.headers["ETag"] == "\"\(new.version)\"")
            }
        }
    }

    /// Short answers are made as a whole, long ones as they are sent; both have the same in them.
    @Test(arguments: Server.allCases) func blocksComeWithTheirProofs(_ server: Server) async throws {
        let manifest = try Self.manifest("a"), bytes = Self.files[0].bytes
        try await Self.with(server) { stage in
            for text in ["0:0", "6:3;0:1,5-7", "1;2;3", "0;1;2;3;4;5;6", "5:0;6;0:15;1:0;2:0;3:0"] {
                let wanted = try BlockRequest(text)
                let answer = try await stage.ask(manifest.version, .blocks(wanted))
                #expect(answer.status == 200, "\(text): \(answer.text)")
                #expect(answer.headers["Content-Type"] == MediaType.blocks)
                #expect(answer.headers["Cache-Control"] == CacheControl.immutable)
                let proven = try ProvenBlocks.decode(answer.body)
                #expect(proven.map(\.chunk) == wanted.parts.map(\.chunk), "\(text)")
                for (part, found) in zip(wanted.parts, proven) {
                    #expect(found.belong(to: manifest))
                    let places = part.blocks.isEmpty ? Array(0..<found.blockCount) : part.blocks
                    #expect(found.blocks.map(\.index) == places)
                    let start = Int(manifest.chunks[part.chunk].offset)
                    let isRight = found.blocks.allSatisfy { block in
                        let from = start + block.index * ChunkDigester.plainBlockLength
                        return block.bytes.array.elementsEqual(bytes[from..<from + block.bytes.count])
                    }
                    #expect(isRight)
                }
            }
            // The last part of a long answer is looked at when the answer has begun.
            await #expect(throws: HTTPError.self) {
                try await stage.ask(manifest.version, .blocks(try BlockRequest("0;1;2;3;4;5;6:99")))
            }
            let first = try await stage.ask(manifest.version, .blocks(try BlockRequest("0:99;1;2;3;4;5;6")))
            #expect(first.status == 400)
        }
    }

    @Test(arguments: Server.allCases) func bytesComeInRanges(_ server: Server) async throws {
        let version = try Self.manifest("c").version, bytes = Self.files[2].bytes, tag = "\"\(version)\""
        try await Self.with(server) { stage in
            let whole = try await stage.ask(version, .data)
            #expect(whole.status == 200 && whole.body == bytes)
            #expect(whole.headers["Content-Type"] == MediaType.bytes)
            #expect(whole.headers["ETag"] == tag && whole.headers["Cache-Control"] == CacheControl.immutable)
            #expect(whole.headers["Accept-Ranges"] == "bytes")
            let part = try await stage.ask(version, .data, ["Range": "bytes=1000000-1999999"])
            #expect(part.status == 206 && part.body == Array(bytes[1_000_000..<2_000_000]))
            #expect(part.headers["Content-Range"] == "bytes 1000000-1999999/\(bytes.count)")
            let several = try await stage.ask(version, .data, ["Range": "bytes=0-9,100-199"])
            #expect(several.status == 206)
            #expect(several.headers["Content-Type"]?.hasPrefix("multipart/byteranges") == true)
            let other = try await stage.ask(version, .data, ["Range": "bytes=0-9", "If-Range": "\"other\""])
            #expect(other.status == 200 && other.body == bytes)
            #expect(try await stage.ask(version, .data, ["Range": "bytes=9999999-"]).status == 416)
            #expect(try await stage.ask(version, .data, ["If-None-Match": tag]).status == 304)
            #expect(try await stage.ask(version, .data, ["If-Match": "\"other\""]).status == 412)
            let head = try await stage.ask(version, .data, method: "HEAD")
            #expect(head.status == 200 && head.headers["Content-Length"] == "\(bytes.count)" && head.body.isEmpty)
            let nothing = try await stage.ask(try Self.manifest("d").version, .data)
            #expect(nothing.status == 200 && nothing.body.isEmpty)
        }
    }

    @Test(arguments: Server.allCases) func pagesMayReadAndNobodyMayWrite(_ server: Server) async throws {
        let version = try Self.manifest("a").version
        try await Self.with(server) { stage in
            for target in [
                "/versions/\(version)/data", "/versions/\(version)/manifest", "/versions/\(version)/blocks?of=0:0",
            ] {
                for method in ["POST", "PUT", "DELETE", "PATCH"] {
                    let answer = try await stage.ask(target, method: method)
                    #expect(answer.status == 405, "\(method) \(target)")
                    #expect(answer.headers["Allow"] == "GET, HEAD")
                }
                let origin: HTTPHeaders = ["Origin": "http://elsewhere.example"]
                let read = try await stage.ask(target, origin)
                #expect(read.status == 200 && read.headers["Access-Control-Allow-Origin"] == "*")
                #expect(read.headers["Access-Control-Expose-Headers"] == "*")
                let preflight = try await stage.ask(
                    target,
                    [
                        "Origin": "http://elsewhere.example", "Access-Control-Request-Method": "GET",
                        "Access-Control-Request-Headers": "range", "Access-Control-Request-Private-Network": "true",
                    ], method: "OPTIONS")
                #expect(preflight.status == 200)
                #expect(preflight.headers["Access-Control-Allow-Origin"] == "*")
                #expect(preflight.headers["Access-Control-Allow-Headers"] == "range")
                #expect(preflight.headers["Access-Control-Allow-Private-Network"] == "true")
            }
        }
    }
}
