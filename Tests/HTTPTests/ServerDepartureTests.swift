import Platform
import TestSupport
import Testing

@testable import HTTP

/// Clients that do not wait for their answer.
@Suite(.patient) struct ServerDepartureTests {
    /// Handlers that wait until they are cancelled, and tell; `/other` answers at once.
    private static func with(
        _ body: @escaping @Sendable (UInt16, AsyncStream<String>, ServerStatistics) async throws -> Void
    ) async throws {
        let (events, told) = AsyncStream.makeStream(of: String.self), statistics = ServerStatistics()
        try await withServer(
            statistics: statistics,
            handler: { request in
                if request.path == "/other" { return HTTPResponse(body: .bytes(SharedBytes("other"))) }
                told.yield("began")
                let (never, end) = AsyncStream.makeStream(of: Never.self)
                for await _ in never {}
                end.finish()
                told.yield("cancelled")
                return HTTPResponse(status: 503)
            }
        ) { port in try await body(port, events, statistics) }
    }

    @Test(arguments: ["GET", "HEAD"])
    func whatNobodyWaitsForIsNotMade(_ method: String) async throws {
        try await Self.with { port, events, statistics in
            var events = events.makeAsyncIterator()
            let client = try RawClient(port)
            try client.send("\(method) / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await events.next() == "began")
            client.close()
            #expect(await events.next() == "cancelled")
        }
    }

    @Test func whatIsToBeChangedIsChangedThoughNobodyWaits() async throws {
        let (events, told) = AsyncStream.makeStream(of: Bool.self), gate = Signal()
        try await withServer(handler: { _ in
            told.yield(false)
            await gate.wait()
            told.yield(Task.isCancelled)
            return HTTPResponse()
        }) { port in
            var events = events.makeAsyncIterator()
            let client = try RawClient(port)
            try client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            #expect(await events.next() == false)
            client.close()
            // The server has seen to who came later, so it had the time to see who went.
            let other = try RawClient(port)
            try other.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            #expect(await events.next() == false)
            gate.send()
            #expect(await events.next() == false, "the first goes on to its end")
            gate.send()
            #expect(await events.next() == false)
        }
    }

    @Test func aRequestThatComesEarlyIsNoDeparture() async throws {
        try await Self.with { port, events, _ in
            var events = events.makeAsyncIterator()
            let client = try RawClient(port), other = try RawClient(port)
            try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await events.next() == "began")
            try client.send("GET /other HTTP/1.1\r\nHost: x\r\n\r\n")
            try other.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await events.next() == "began", "and the first is not cancelled")
            other.close()
            #expect(await events.next() == "cancelled")
            client.close()
            #expect(await events.next() == "cancelled")
        }
    }
}
