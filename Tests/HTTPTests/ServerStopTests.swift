import Glibc
import Platform
import TestSupport
import Testing

@testable import HTTP

@Suite(.patient) struct ServerStopTests {
    private func start(_ handler: @escaping HTTPServer.Handler) throws -> (HTTPServer, UInt16) {
        let server = try HTTPServer(
            .init(listen: Endpoint(host: "127.0.0.1", port: try ReservedPort.take())), handler: handler)
        return (server, server.endpoint.port)
    }

    @Test func stoppingWaitsForARequestInFlight() async throws {
        let started = Signal(), release = Signal()
        let (server, port) = try start { _ in
            started.send()
            await release.wait()
            return HTTPResponse(status: 201)
        }
        let serving = Task { await server.run(grace: Patience.limit) }
        async let reply = blocking { try RawClient(port).exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n") }
        await started.wait()
        serving.cancel()
        release.send()
        await serving.value
        let answer = try await reply
        #expect(answer?.status == 201)
    }

    @Test func stoppingCancelsWhatDoesNotFinish() async throws {
        let started = Signal()
        let (server, port) = try start { _ in
            started.send()
            do {
                try await Task.sleep(for: .seconds(86_400))
                return HTTPResponse()
            } catch {
                return HTTPResponse(status: 503)
            }
        }
        let serving = Task { await server.run(grace: .milliseconds(50)) }
        async let reply = blocking { try RawClient(port).exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n") }
        await started.wait()
        serving.cancel()
        await serving.value
        let answer = try await reply
        #expect(answer?.status == 503)
    }

    @Test func stoppingEndsWhateverHandlersAndClientsDo() async throws {
        let started = Signal(), never = Signal()
        let (server, port) = try start { request in
            if request.path == "/deaf" {
                started.send()
                await Task { await never.wait() }.value
                return HTTPResponse()
            }
            return HTTPResponse(
                body: .stream(length: nil) { writer in
                    started.send()
                    while true { try await writer.write(SharedBytes([UInt8](repeating: 1, count: 100_000))) }
                })
        }
        let serving = Task { await server.run(grace: .seconds(1)) }
        let clients = try (0..<4).map { _ in try RawClient(port) }
        try clients[0].send("GET /deaf HTTP/1.1\r\nHost: x\r\n\r\n")
        await started.wait()
        try clients[1].send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        await started.wait()
        try clients[2].send("PUT /deaf HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nsome")
        await started.wait()
        try clients[3].send("GET")
        // That it ends at all is the point, for the handlers do not; the benchmarks tell how long it takes.
        serving.cancel()
        await serving.value
        #expect(throws: RawClient.Failure.self) { try RawClient(port) }
        never.send()
        never.send()
    }

    @Test func aServerThatNeverRanGivesItsPortBack() throws {
        var port: UInt16 = 0
        do {
            let (server, bound) = try start { _ in HTTPResponse() }
            _ = server
            port = bound
        }
        #expect(throws: RawClient.Failure.self) { try RawClient(port) }
    }

    @Test func anAddressInUseIsNamed() async throws {
        let (first, port) = try start { _ in HTTPResponse() }
        let error = #expect(throws: HTTPError.self) {
            try HTTPServer(.init(listen: Endpoint(host: "127.0.0.1", port: port))) { _ in HTTPResponse() }
        }
        #expect(error?.code == .cannotListen)
        #expect(error?.message.contains("127.0.0.1:\(port)") == true)
        #expect(error?.message.contains("address already in use") == true)
        _ = first
    }

    @Test(arguments: ["not an address", "192.0.2.1", "no.such.host.invalid"])
    func anAddressThatIsNotOursIsNamed(host: String) {
        let error = #expect(throws: HTTPError.self) {
            try HTTPServer(.init(listen: Endpoint(host: host, port: 0))) { _ in HTTPResponse() }
        }
        #expect(error?.code == .cannotListen)
        #expect(error?.message.contains(host) == true)
    }

    @Test func listensOnIPv6() async throws {
        let server = try HTTPServer(.init(listen: Endpoint(host: "::1", port: 0))) { _ in .json("{}") }
        let serving = Task { await server.run() }
        let port = server.endpoint.port
        let reply = try await blocking {
            try RawClient(port, ipv6: true).exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        }
        #expect(reply?.text == "{}")
        serving.cancel()
        await serving.value
    }
}
