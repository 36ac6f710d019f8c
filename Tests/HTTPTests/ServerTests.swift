import Glibc
import Platform
import Synchronization
import TestSupport
import Testing

@testable import HTTP

@Suite(.patient) struct ServerTests {
    @Test(arguments: [true, false])
    func answersFromMemoryAndAfterSuspension(suspends: Bool) async throws {
        try await withServer { request in
            if suspends { await Task.yield() }
            return HTTPResponse(body: .bytes(SharedBytes("hi \(request.path)")))
        } _: { port in
            for n in 0..<20 {
                let reply = try await blocking { try RawClient.get(port, "/\(n)") }
                #expect(reply?.status == 200)
                #expect(reply?.reason == "OK")
                #expect(reply?.text == "hi /\(n)")
                #expect(reply?.headers["Date"] != nil)
            }
        }
    }

    @Test func keepsAConnectionForManyRequests() async throws {
        try await withServer { request in
            HTTPResponse(body: .bytes(SharedBytes(request.path)))
        } _: { port in
            try await blocking {
                let client = try RawClient(port)
                for n in 0..<100 {
                    let reply = try client.exchange("GET /\(n) HTTP/1.1\r\nHost: x\r\n\r\n")
                    #expect(reply?.text == "/\(n)")
                }
            }
        }
    }

    @Test func decodesPathAndQueryOnce() async throws {
        try await withServer { request in
            let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "|")
            return HTTPResponse(body: .bytes(SharedBytes("\(request.path) \(query)")))
        } _: { port in
            let target = "/a%20b%2Fc+d%2525?x=1%262&y+z=%C3%A9&flag&x=+"
            let reply = try await blocking { try RawClient.get(port, target) }
            #expect(reply?.text == "/a b/c+d%25 x=1&2|y z=é|flag=|x= ")
        }
    }

    @Test(arguments: ["/%00", "/%ff", "/?a=%C3", "/%zz", "/%2", "nonsense"])
    func refusesAMalformedTarget(target: String) async throws {
        try await withServer { _ in
            HTTPResponse()
        } _: { port in
            let reply = try await blocking { try RawClient.get(port, target) }
            #expect(reply?.status == 400)
        }
    }

    @Test func sendsSegmentsAndFilesOfWhichOnlyTheRangeIsRead() async throws {
        let parts = ["one-", "two-", "three"].map { SharedBytes($0) }
        let file = try FileDescriptor("/proc/self/exe")
        try await withServer { request in
            request.path == "/file"
                ? HTTPResponse(body: .file(file, offset: 1, length: 3)) : HTTPResponse(body: .segments(parts))
        } _: { port in
            for _ in 0..<5 {
                let segments = try await blocking { try RawClient.get(port, "/") }
                let range = try await blocking { try RawClient.get(port, "/file") }
                #expect(segments?.text == "one-two-three")
                #expect(range?.text == "ELF")
                #expect(range?.headers["Content-Length"] == "3")
            }
        }
    }

    // More vectors than the library has room for in a connection.
    @Test func sendsAnswersOfThousandsOfSegments() async throws {
        let parts = (0..<5_000).map { SharedBytes("\($0),") }
        try await withServer { _ in
            HTTPResponse(body: .segments(parts))
        } _: { port in
            let reply = try await blocking { try RawClient.get(port, "/") }
            #expect(reply?.text == (0..<5_000).map { "\($0)," }.joined())
        }
    }

    @Test func answersHeadLikeGetWithoutTheBody() async throws {
        try await withServer { request in
            switch request.path {
            case "/bytes": HTTPResponse(body: .bytes(SharedBytes("12345")))
            default: HTTPResponse(body: .stream(length: 7) { try await $0.write(SharedBytes("1234567")) })
            }
        } _: { port in
            try await blocking {
                let client = try RawClient(port)
                for (path, length) in [("/bytes", "5"), ("/stream", "7"), ("/bytes", "5")] {
                    let reply = try client.exchange("HEAD \(path) HTTP/1.1\r\nHost: x\r\n\r\n", toHead: true)
                    #expect(reply?.status == 200)
                    #expect(reply?.headers["Content-Length"] == length)
                }
            }
        }
    }

    @Test func echoesALargeUpload() async throws {
        let size = 8 << 20
        try await withServer { request in
            guard let all = try? await request.body.collect(upTo: size) else { return HTTPResponse(status: 413) }
            return HTTPResponse(
                body: .stream(length: Int64(all.count)) { writer in
                    for start in stride(from: 0, to: all.count, by: 50_000) {
                        try await writer.write(SharedBytes(all[start..<min(start + 50_000, all.count)]))
                    }
                })
        } _: { port in
            let reply = try await blocking {
                let client = try RawClient(port)
                try client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n")
                try client.send(zeros: size)
                return try client.reply()
            }
            #expect(reply?.status == 200)
            #expect(reply?.body.count == size)
        }
    }

    @Test func readsAChunkedUpload() async throws {
        try await withServer { request in
            let all = try? await request.body.collect(upTo: 100)
            return HTTPResponse(body: .bytes(SharedBytes(all ?? [])))
        } _: { port in
            let reply = try await blocking {
                try RawClient(port).exchange(
                    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
            }
            #expect(reply?.text == "abcde")
        }
    }

    @Test(arguments: [2000, 5_000_000])
    func anUploadBeyondTheLimitIsRefusedAndTheAnswerArrives(size: Int) async throws {
        try await withServer {
            $0.requestBodyLimit = 1000
        } handler: { request in
            do throws(HTTPError) {
                _ = try await request.body.collect(upTo: 1 << 30)
                return HTTPResponse()
            } catch {
                return .refusal(error.code == .tooLarge ? 413 : 400, error.message)
            }
        } _: { port in
            for framing in ["Content-Length: \(size)", "Transfer-Encoding: chunked"] {
                let reply = try await blocking {
                    let client = try RawClient(port)
                    try client.send("PUT / HTTP/1.1\r\nHost: x\r\n\(framing)\r\n\r\n")
                    let isChunked = framing.hasSuffix("chunked")
                    if isChunked { try client.send(String(size, radix: 16) + "\r\n") }
                    try client.send(zeros: size)
                    if isChunked { try client.send("\r\n0\r\n\r\n") }
                    return try client.reply()
                }
                #expect(reply?.status == 413)
            }
        }
    }

    @Test func aClientThatAsksBeforeItUploadsIsRefusedAtOnce() async throws {
        try await withServer { _ in
            .refusal(403, "no")
        } _: { port in
            let reply = try await blocking {
                try RawClient(port).exchange(
                    "PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 999999\r\n\r\n")
            }
            #expect(reply?.status == 403)
        }
    }

    @Test func aSlowHandlerStopsTheUpload() async throws {
        let gate = Signal()
        try await withServer {
            $0.requestBodyLimit = 64 << 20
        } handler: { request in
            await gate.wait()
            var count = 0
            do {
                for try await piece in request.body { count += piece.count }
            } catch {
                return HTTPResponse(status: 400)
            }
            return HTTPResponse(body: .bytes(SharedBytes("\(count)")))
        } _: { port in
            let total = 32 << 20
            let client = try RawClient(port)
            try client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: \(total)\r\n\r\n")
            let accepted = try await blocking { client.fillUntilBlocked(total) }
            #expect(accepted < 16 << 20, "back-pressure must reach the socket")
            gate.send()
            let reply = try await blocking {
                try client.send(zeros: total - accepted)
                return try client.reply()
            }
            #expect(reply?.text == "\(total)")
        }
    }

    @Test func aSlowReaderStopsTheWriterAndAGoneOneFailsIt() async throws {
        let written = Atomic(0), outcome = AsyncStream.makeStream(of: HTTPError.Code.self)
        try await withServer { _ in
            HTTPResponse(
                body: .stream(length: nil) { writer in
                    let block = SharedBytes([UInt8](repeating: 0, count: 64 * 1024))
                    do throws(HTTPError) {
                        while true {
                            try await writer.write(block)
                            written.add(block.count, ordering: .relaxed)
                        }
                    } catch {
                        outcome.continuation.yield(error.code)
                        throw error
                    }
                })
        } _: { port in
            let client = try RawClient(port, receiveBuffer: 64 * 1024)
            try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try await blocking { try client.receive(exactly: 1 << 20) }
            #expect(written.load(ordering: .relaxed) < 64 << 20)
            client.close()
            var codes = outcome.stream.makeAsyncIterator()
            #expect(await codes.next() == .peerClosed)
        }
    }

    @Test(arguments: [("/known", false), ("/unknown", false), ("/short", true)])
    func aStreamThatFailsCutsTheConnection(path: String, complete: Bool) async throws {
        struct Broken: Error {}
        try await withServer { request in
            let length: Int64? = request.path == "/known" ? 1000 : nil
            return HTTPResponse(
                body: .stream(length: length) { writer in
                    try await writer.write(SharedBytes("begun"))
                    if request.path != "/short" { throw Broken() }
                })
        } _: { port in
            let reply = try await blocking { try RawClient.get(port, path) }
            #expect(reply?.status == 200)
            #expect(reply?.isComplete == complete)
        }
    }

    @Test func aStreamShorterThanAnnouncedIsCut() async throws {
        try await withServer { _ in
            HTTPResponse(body: .stream(length: 1000) { try await $0.write(SharedBytes("begun")) })
        } _: { port in
            let reply = try await blocking { try RawClient(port).exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n") }
            #expect(reply?.isComplete == false)
        }
    }

    /// A page of the world outside asks a browser for an array of a server within.
    @Test func browsersMayReadFromPrivateNetworks() async throws {
        try await withServer { _ in
            HTTPResponse(status: 405)
        } _: { port in
            let preflight = try await blocking {
                try RawClient(port).exchange(
                    "OPTIONS /x HTTP/1.1\r\nHost: x\r\nOrigin: http://o\r\nAccess-Control-Request-Method: GET\r\n"
                        + "Access-Control-Request-Private-Network: true\r\n\r\n")
            }
            #expect(preflight?.headers["Access-Control-Allow-Private-Network"] == "true")
            #expect(preflight?.headers["Access-Control-Allow-Origin"] == "*")
        }
    }

    @Test func answersBrowsersOfOtherOrigins() async throws {
        try await withServer { _ in
            HTTPResponse(status: 405)
        } _: { port in
            let preflight = try await blocking {
                try RawClient(port).exchange(
                    "OPTIONS /x HTTP/1.1\r\nHost: x\r\nOrigin: http://o\r\nAccess-Control-Request-Method: PUT\r\n"
                        + "Access-Control-Request-Headers: authorization\r\n\r\n")
            }
            #expect(preflight?.status == 200)
            #expect(preflight?.headers["Access-Control-Allow-Methods"]?.contains("PUT") == true)
            #expect(preflight?.headers["Access-Control-Allow-Headers"] == "authorization")
            #expect(preflight?.headers["Access-Control-Allow-Origin"] == "*")
            #expect(preflight?.headers["Access-Control-Allow-Private-Network"] == nil)
            let same = try await blocking { try RawClient.get(port, "/") }
            let other = try await blocking { try RawClient.get(port, "/", "Origin: http://o\r\n") }
            #expect(same?.headers["Access-Control-Allow-Origin"] == nil)
            #expect(other?.headers["Access-Control-Allow-Origin"] == "*")
            #expect(same?.headers["Vary"] == "Origin" && other?.headers["Vary"] == "Origin")
        }
    }
}
