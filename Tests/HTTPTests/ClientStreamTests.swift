import Glibc
import HTTP
import Platform
import Synchronization
import TestSupport
import Testing

@Suite(.patient)
struct ClientStreamTests {
    private struct Refusal: Error, Equatable {
        let reason: String
    }

    private let client = HTTPClient(.init(idleTimeout: Patience.limit))

    @Test
    func aLargeBodyArrivesInOrder() async throws {
        let block = [UInt8]((0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 206 Partial Content\r\nContent-Length: 32000000\r\n\r\n")
            for _ in 0..<32 { connection.send(block) }
        }
        try await ScriptedServer.run(script) { server async throws in
            let position = Locked((count: 0, wrong: 0))
            let head = try await client.receive(.init(url: server.url)) { _ in
            } onBytes: { bytes in
                position.withLock { position in
                    let start = position.count % block.count
                    let matches = bytes.withUnsafeBytes { piece in
                        let first = min(piece.count, block.count - start)
                        return block.withUnsafeBytes { block in
                            memcmp(piece.baseAddress!, block.baseAddress! + start, first) == 0
                                && memcmp(piece.baseAddress! + first, block.baseAddress!, piece.count - first) == 0
                        }
                    }
                    if !matches { position.wrong += 1 }
                    position.count += bytes.byteCount
                }
            }
            #expect(head.status == 206)
            #expect(position.withLock { $0.count } == 32_000_000)
            #expect(position.withLock { $0.wrong } == 0)
        }
    }

    @Test(arguments: ["head", "bytes"])
    func aCallbackStopsTheTransferWithItsOwnError(place: String) async throws {
        let stopped = Event()
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\n\r\n")
            while connection.send([UInt8](repeating: 65, count: 100_000)) {}
            stopped.happen()
        }
        try await ScriptedServer.run(script) { server async throws in
            let pieces = Notes<Int>()
            await #expect(throws: Refusal(reason: place)) {
                _ = try await client.receive(.init(url: server.url)) { _ in
                    if place == "head" { throw Refusal(reason: place) }
                } onBytes: {
                    pieces.add($0.byteCount)
                    throw Refusal(reason: place)
                }
            }
            #expect(pieces.all.count == (place == "head" ? 0 : 1))
            await stopped.wait()
        }
    }

    @Test
    func anAnswerWithoutBodyHasAHead() async throws {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n")
            connection.waitForEnd()
        }
        try await ScriptedServer.run(script) { server async throws in
            let heads = Notes<Int>()
            let head = try await client.receive(.init(url: server.url)) {
                heads.add($0.status)
            } onBytes: { _ in
            }
            #expect(heads.all == [304] && head.headers["etag"] == "\"a\"")
        }
    }
}
