import Glibc
import Platform
import Synchronization
import TestSupport
import Testing

@testable import HTTP

/// Readers that rest, and the timeouts of those who ask for nothing.
@Suite(.patient) struct ServerPatienceTests {
    /// More than the kernel takes for a connection.
    private static let bytes = SharedBytes((0..<160).flatMap { [UInt8](repeating: UInt8($0), count: 65_536) })

    private func serve(idle: Int = 1, _ body: @escaping @Sendable (UInt16) async throws -> Void) async throws {
        let file = try withTemporaryFile(Self.bytes)
        try await withServer {
            $0.idleTimeout = .seconds(idle)
        } handler: { request in
            switch request.path {
            case "/file": HTTPResponse(body: .file(file, offset: 0, length: Int64(Self.bytes.count)))
            case "/fixed": HTTPResponse(body: .fixedFile(file, offset: 0, length: Int64(Self.bytes.count)))
            case "/stream": HTTPResponse(body: .stream(length: nil) { try await $0.write(Self.bytes) })
            case "/small": .json("{}")
            default: HTTPResponse(body: .bytes(Self.bytes))
            }
        } _: { port in
            try await body(port)
        }
    }

    /// Whoever looks at the first megabyte of an array for a minute gets the rest of it all the same.
    @Test(arguments: ["/bytes", "/file", "/fixed", "/stream"])
    func aReaderMayRest(path: String) async throws {
        // A machine that holds up this client for as long as the server waits shows nothing: again, and all of it longer.
        for idle in [1, 4, 16, 64] {
            let isConclusive = Locked(false)
            try await serve(idle: idle) { port in
                let (reply, next) = try await blocking {
                    let client = try RawClient(port, receiveBuffer: 16 << 10)
                    try client.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
                    // Longer than the server waits for who asks for nothing. That wait is libmicrohttpd's, by the system's
                    // clock: there is nothing to move, and nothing happens that could be awaited.
                    usleep(UInt32(idle) * 2_500_000)
                    let reply = try client.reply()
                    // The connection is as good as before.
                    return (reply, (try? client.exchange("GET /small HTTP/1.1\r\nHost: x\r\n\r\n")) ?? nil)
                }
                #expect(reply?.isComplete == true)
                #expect(reply?.body == Self.bytes.array)
                guard let next else { return }
                #expect(next.text == "{}")
                isConclusive.withLock { $0 = true }
            }
            if isConclusive.withLock({ $0 }) { return }
        }
        Issue.record("the connection is closed after each answer whose reader rests")
    }

    /// The patience ends with the answer.
    @Test func aConnectionThatAsksForNothingIsClosedAlsoAfterALongAnswer() async throws {
        try await serve { port in
            let rest = try await blocking {
                let client = try RawClient(port)
                let reply = try client.exchange("GET /bytes HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(reply?.body.count == Self.bytes.count)
                return try client.readAll()
            }
            #expect(rest.isEmpty)
        }
    }
}

/// A file with these bytes that is gone when nobody has it open any more.
private func withTemporaryFile(_ bytes: SharedBytes) throws -> FileDescriptor {
    let file = try withTemporaryFolder { try FileDescriptor($0 + "/file", .creating) }
    try bytes.withBytes { try file.write($0, at: 0) }
    return file
}
