import CZlib
import Platform
import TestSupport
import Testing

@testable import HTTP

@Suite(.patient) struct ServerGzipTests {
    /// Unpacks exactly one gzip member.
    private func unpacked(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
        var stream = z_stream()
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return nil
        }
        defer { inflateEnd(&stream) }
        var input = bytes, output = [UInt8](repeating: 0, count: limit)
        let code = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                return inflate(&stream, Z_FINISH)
            }
        }
        guard code == Z_STREAM_END, stream.avail_in == 0 else { return nil }
        return Array(output.prefix(Int(stream.total_out)))
    }

    @Test(arguments: [0, 1, 1000, 3_000_000])
    func whatIsCompressedComesBack(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3) }
        #expect(unpacked(Gzip.compress(bytes).array, limit: count + 1) == bytes)
        #expect(unpacked(Gzip.compress(SharedBytes(bytes)).array, limit: count + 1) == bytes)
    }

    @Test func aStreamCompressesPieceByPiece() async throws {
        try await withServer { request in
            #expect(request.acceptsGzip)
            return HTTPResponse(
                headers: ["Content-Encoding": "gzip"],
                body: .stream(length: nil) { writer in
                    let gzip = GzipStream()
                    for n in 0..<10_000 {
                        let ready = gzip.feed(Array("line \(n)\n".utf8).span.bytes)
                        if !ready.isEmpty { try await writer.write(SharedBytes(ready)) }
                    }
                    try await writer.write(SharedBytes(gzip.finish()))
                })
        } _: { port in
            let reply = try await blocking { try RawClient.get(port, "/", "Accept-Encoding: br, gzip\r\n") }
            let text = (0..<10_000).map { "line \($0)\n" }.joined()
            #expect(unpacked(reply?.body ?? [], limit: 1 << 20) == Array(text.utf8))
            #expect(reply!.body.count < text.utf8.count / 3)
        }
    }

    @Test(arguments: [
        (nil, false), ("gzip", true), ("GZIP;q=0.5", true), ("gzip;q=0", false), ("gzip; q=0.000", false),
        ("deflate, br", false), ("*", true), ("*;q=0", false), ("*;q=1, gzip;q=0", false), ("br, *;q=0, gzip", true),
        ("", false), ("identity", false),
    ])
    func knowsWhoCanUnpack(header: String?, expected: Bool) {
        #expect(Gzip.isAccepted(by: header) == expected)
    }
}
