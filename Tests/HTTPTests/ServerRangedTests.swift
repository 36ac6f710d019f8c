import Glibc
import Platform
import Synchronization
import TestSupport
import Testing

@testable import HTTP

@Suite(.patient) struct ServerRangedTests {
    private static let count = 5_000_000
    private static let bytes = SharedBytes((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) })
    private static let tag = EntityTag("v1")

    /// A file that is gone when nobody has it open any more.
    private static func emptyFile() throws -> FileDescriptor {
        try withTemporaryFolder { try FileDescriptor($0 + "/file", .creating) }
    }

    /// A server of ``bytes``; the last kibibyte cannot be read at `/broken`, nor anything at `/lost`.
    private func serve(_ body: @escaping @Sendable (UInt16) async throws -> Void) async throws {
        struct Unreadable: Error {}
        try await withServer { request in
            do {
                return try await .ranged(
                    request: request, length: Int64(Self.count), etag: Self.tag, contentType: "application/x-test",
                    headers: ["Cache-Control": "immutable"]
                ) { range in
                    #expect(range.count <= 1 << 20)
                    if request.path == "/lost" { throw Unreadable() }
                    if request.path == "/broken", range.upperBound > Self.count - 1024 { throw Unreadable() }
                    // Some readers return less than they are asked for.
                    let end =
                        request.path == "/short" ? min(range.upperBound, range.lowerBound + 300_001) : range.upperBound
                    return SharedBytes(Self.bytes.pointer[Int(range.lowerBound)..<Int(end)])
                }
            } catch {
                return .refusal(500, "unreadable")
            }
        } _: { port in
            try await body(port)
        }
    }

    private func get(_ port: UInt16, _ path: String, _ headers: String...) async throws -> RawClient.Reply {
        let fields = headers.map { $0 + "\r\n" }.joined()
        let reply = try await blocking {
            try RawClient(port).exchange("GET \(path) HTTP/1.1\r\nHost: x\r\n\(fields)\r\n")
        }
        return try #require(reply)
    }

    private func slice(_ range: Range<Int>) -> [UInt8] { Array(Self.bytes.pointer[range]) }

    @Test(arguments: ["/", "/short"])
    func theWhole(path: String) async throws {
        try await serve { port in
            let reply = try await get(port, path)
            #expect(reply.status == 200)
            #expect(reply.headers["ETag"] == "\"v1\"")
            #expect(reply.headers["Accept-Ranges"] == "bytes")
            #expect(reply.headers["Content-Type"] == "application/x-test")
            #expect(reply.headers["Content-Length"] == "\(Self.count)")
            #expect(reply.headers["Cache-Control"] == "immutable")
            #expect(reply.body == Self.bytes.array)
        }
    }

    @Test(arguments: [
        ("bytes=0-9", 0..<10), ("bytes=100-", 100..<5_000_000), ("bytes=-7", 4_999_993..<5_000_000),
        ("bytes=10-19,20-29", 10..<30), ("bytes=1048570-3145733", 1_048_570..<3_145_734),
    ])
    func oneRange(header: String, range: Range<Int>) async throws {
        try await serve { port in
            let reply = try await get(port, "/", "Range: \(header)")
            #expect(reply.status == 206)
            #expect(reply.reason == "Partial Content")
            #expect(reply.headers["Content-Range"] == "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(Self.count)")
            #expect(reply.headers["Content-Length"] == "\(range.count)")
            #expect(reply.body == slice(range))
        }
    }

    @Test(arguments: [
        [0..<1, 4_999_999..<5_000_000], [5..<10, 20..<1_000, 70_000..<140_000],
        [0..<2_000_000, 2_000_001..<2_000_002, 3_000_000..<5_000_000],
    ])
    func manyRangesAreParts(ranges: [Range<Int>]) async throws {
        try await serve { port in
            let header = ranges.reversed().map { "\($0.lowerBound)-\($0.upperBound - 1)" }.joined(separator: ", ")
            for path in ["/", "/short"] {
                let reply = try await get(port, path, "Range: bytes=\(header)")
                #expect(reply.status == 206)
                #expect(reply.headers["Content-Range"] == nil)
                #expect(reply.headers["Content-Length"] == "\(reply.body.count)")
                let type = try #require(reply.headers["Content-Type"])
                #expect(type.hasPrefix("multipart/byteranges; boundary="))
                let boundary = type.split(separator: "=")[1]
                var expected: [UInt8] = []
                for (index, range) in ranges.enumerated() {
                    let position = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(Self.count)"
                    let head = (index == 0 ? "" : "\r\n") + "--\(boundary)\r\nContent-Type: application/x-test\r\n"
                    expected += Array((head + "Content-Range: \(position)\r\n\r\n").utf8) + slice(range)
                }
                #expect(reply.body == expected + Array("\r\n--\(boundary)--\r\n".utf8))
            }
        }
    }

    @Test func rangesOutsideAreRefused() async throws {
        try await serve { port in
            let reply = try await get(port, "/", "Range: bytes=5000000-")
            #expect(reply.status == 416)
            #expect(reply.headers["Content-Range"] == "bytes */5000000")
            #expect(reply.headers["Cache-Control"] == nil)
            #expect(reply.text.contains("detail"))
        }
    }

    @Test func whatTheClientHasIsNotSentAgain() async throws {
        try await serve { port in
            for header in ["If-None-Match: \"v1\"", "If-None-Match: W/\"v1\", \"v0\"", "If-None-Match: *"] {
                let reply = try await get(port, "/", header)
                #expect(reply.status == 304)
                #expect(reply.headers["ETag"] == "\"v1\"")
                #expect(reply.headers["Cache-Control"] == "immutable")
            }
            let changed = try await get(port, "/", "If-None-Match: \"v0\"", "Range: bytes=0-0")
            #expect(changed.status == 206)
        }
    }

    /// Clients that keep dates and no tags, such as wget.
    @Test func whatHasNotChangedSinceADateIsNotSentAgain() async throws {
        let modified = "Sun, 06 Nov 1994 08:49:37 GMT"
        try await withServer { request in
            let response = try? await HTTPResponse.ranged(
                request: request, length: 3, etag: Self.tag, contentType: "text/plain",
                headers: ["Last-Modified": modified]
            ) { _ in SharedBytes("abc") }
            return response ?? HTTPResponse(status: 500)
        } _: { port in
            let same = [
                modified, "Sun, 06 Nov 1994 08:49:38 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                "Fri, 01 Jan 2100 00:00:00 GMT",
            ]
            for date in same {
                let reply = try await get(port, "/", "If-Modified-Since: \(date)")
                #expect(reply.status == 304, "\(date)")
                #expect(reply.headers["ETag"] == "\"v1\"" && reply.headers["Last-Modified"] == modified)
                let head = try await blocking {
                    try RawClient(port).exchange(
                        "HEAD / HTTP/1.1\r\nHost: x\r\nIf-Modified-Since: \(date)\r\n\r\n", toHead: true)
                }
                #expect(head?.status == 304)
            }
            let others = [
                "Sun, 06 Nov 1994 08:49:36 GMT", "rubbish", "", "1994-11-06T08:49:37Z", modified + " and more",
            ]
            for date in others {
                let reply = try await get(port, "/", "If-Modified-Since: \(date)")
                #expect(reply.status == 200 && reply.text == "abc", "\(date)")
            }
            // A tag says more than a date.
            let other = try await get(port, "/", "If-Modified-Since: \(modified)", "If-None-Match: \"v0\"")
            #expect(other.status == 200)
            let known = try await get(port, "/", "If-Modified-Since: \(others[0])", "If-None-Match: \"v1\"")
            #expect(known.status == 304)
        }
    }

    @Test(arguments: [257, 1000, 2000])
    func tooManyRangesAreRefusedAndNotAnsweredWithAll(count: Int) async throws {
        try await serve { port in
            let ranges = (0..<count).map { "\($0 * 10)-\($0 * 10)" }.joined(separator: ",")
            let reply = try await get(port, "/", "Range: bytes=\(ranges)")
            #expect(reply.status == 416)
            #expect(reply.headers["Content-Range"] == "bytes */\(Self.count)")
            #expect(reply.text.contains("256"))
        }
    }

    /// However often the same bytes are asked for, they come once.
    @Test func rangesThatOverlapDoNotAddUpToMoreThanTheBody() async throws {
        try await serve { port in
            let ranges = Array(repeating: "0-", count: 256).joined(separator: ",")
            let reply = try await get(port, "/", "Range: bytes=\(ranges)")
            #expect(reply.status == 206)
            #expect(reply.body.count == Self.count)
        }
    }

    @Test func aRangeOfAnotherVersionIsNotGiven() async throws {
        try await serve { port in
            let same = try await get(port, "/", "Range: bytes=0-0", "If-Range: \"v1\"")
            #expect(same.status == 206)
            for header in ["If-Range: \"v0\"", "If-Range: W/\"v1\"", "If-Range: Wed, 21 Oct 2015 07:28:00 GMT"] {
                let other = try await get(port, "/", "Range: bytes=0-0", header)
                #expect(other.status == 200)
                #expect(other.body.count == Self.count)
            }
            let failed = try await get(port, "/", "Range: bytes=0-0", "If-Match: \"v0\"")
            #expect(failed.status == 412)
        }
    }

    @Test func headHasTheLengthAndNoBodyAndIgnoresRanges() async throws {
        try await serve { port in
            try await blocking {
                let client = try RawClient(port)
                for path in ["/", "/lost"] {
                    let head = "HEAD \(path) HTTP/1.1\r\nHost: x\r\nRange: bytes=0-0\r\n\r\n"
                    let reply = try client.exchange(head, toHead: true)
                    #expect(reply?.status == 200)
                    #expect(reply?.headers["Content-Length"] == "\(Self.count)")
                    #expect(reply?.headers["ETag"] == "\"v1\"")
                }
                let next = try client.exchange("GET / HTTP/1.1\r\nHost: x\r\nRange: bytes=0-0\r\n\r\n")
                #expect(next?.body.count == 1)
            }
        }
    }

    @Test func anEarlyErrorBecomesAStatusAndALateOneCutsTheConnection() async throws {
        try await serve { port in
            let early = try await get(port, "/lost")
            #expect(early.status == 500)
            let small = try await get(port, "/broken", "Range: bytes=0-0,-1")
            #expect(small.status == 500)
            let late = try await get(port, "/broken")
            #expect(late.status == 200 && !late.isComplete)
            let parts = try await get(port, "/broken", "Range: bytes=0-2000000,-1")
            #expect(parts.status == 206 && !parts.isComplete)
        }
    }

    @Test func anEmptyBodyHasNoRanges() async throws {
        try await withServer { request in
            let response = try? await HTTPResponse.ranged(
                request: request, length: 0, etag: Self.tag, contentType: "text/plain"
            ) { _ in SharedBytes("never") }
            return response ?? HTTPResponse(status: 500)
        } _: { port in
            let whole = try await get(port, "/"), suffix = try await get(port, "/", "Range: bytes=-3")
            #expect(whole.status == 200 && whole.headers["Content-Length"] == "0")
            #expect(suffix.status == 200)
            let refused = try await get(port, "/", "Range: bytes=0-")
            #expect(refused.status == 416 && refused.headers["Content-Range"] == "bytes */0")
        }
    }

    @Test func aFileGoesOutAsItIsAlsoBeyondFourGibibytes() async throws {
        let length: Int64 = 5 << 30
        let file = try Self.emptyFile()
        try file.resize(to: length)
        try file.write(([1, 2, 3] as [UInt8]).span.bytes, at: length - 3)
        try await withServer { request in
            let response = try? await HTTPResponse.ranged(
                request: request, length: length, etag: Self.tag, contentType: "text/plain", file: file
            ) { try file.read(at: $0.lowerBound, count: $0.count) }
            return response ?? HTTPResponse(status: 500)
        } _: { port in
            let end = try await get(port, "/", "Range: bytes=-4")
            #expect(end.status == 206 && end.body == [0, 1, 2, 3])
            let parts = try await get(port, "/", "Range: bytes=0-0,-1")
            #expect(parts.status == 206)
            try await blocking {
                let client = try RawClient(port)
                let head = try client.exchange("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", toHead: true)
                #expect(head?.headers["Content-Length"] == "\(length)")
                try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                let whole = try client.receive(through: "\r\n\r\n")
                #expect(whole?.contains("Content-Length: \(length)\r\n") == true)
            }
        }
    }

    @Test func aFixedFileIsSentFromItsPageCacheAndCutWhenItIsTooShort() async throws {
        let file = try Self.emptyFile()
        let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        try file.write(content.span.bytes, at: 0)
        try await withServer { request in
            let length: Int64 = request.path == "/short" ? 300_000 : 150_000
            return HTTPResponse(body: .fixedFile(file, offset: 10, length: length))
        } _: { port in
            #expect(try await get(port, "/whole").body == Array(content[10..<150_010]))
            let client = try RawClient(port)
            try client.send("GET /short HTTP/1.1\r\nHost: x\r\n\r\n")
            let received = try await blocking { try client.readAll() }
            #expect(received.count < 300_000)
        }
    }

    @Test func aFileThatShrinksWhileItIsSentCutsTheConnection() async throws {
        let file = try Self.emptyFile()
        try file.resize(to: 64 << 20)
        try await withServer {
            $0.threads = 1
        } handler: { _ in
            HTTPResponse(body: .file(file, offset: 0, length: 64 << 20))
        } _: { port in
            let client = try RawClient(port, receiveBuffer: 16 << 10)
            try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try await blocking { try client.receive(exactly: 10_000) }
            try file.resize(to: 1000)
            let rest = try await blocking { try client.readAll() }
            #expect(rest.count < 64 << 20)
            let next = try await get(port, "/")
            #expect(next.status != 200 || !next.isComplete)
        }
    }
}
