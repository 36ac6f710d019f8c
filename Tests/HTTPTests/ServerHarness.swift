import HTTP
import Platform

/// Threads for the blocking clients of the tests.
let clientThreads = BlockingPool(name: "test-client", threads: 16)

/// Starts a server on a free port, runs `body`, stops the server.
func withServer(
    configure: (inout HTTPServer.Configuration) -> Void = { _ in }, statistics: ServerStatistics = ServerStatistics(),
    handler: @escaping HTTPServer.Handler, _ body: @escaping @Sendable (UInt16) async throws -> Void
) async throws {
    var configuration = HTTPServer.Configuration(listen: Endpoint(host: "127.0.0.1", port: 0))
    configure(&configuration)
    let server = try HTTPServer(configuration, statistics: statistics, handler: handler)
    try await withThrowingTaskGroup { group in
        group.addTask { await server.run(grace: .milliseconds(200)) }
        try await body(server.endpoint.port)
        group.cancelAll()
        try await group.waitForAll()
    }
}

/// Runs blocking code of a client away from the cooperative threads.
func blocking<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await clientThreads.run(body)
}

/// A signal from one task to another.
struct Signal: Sendable {
    private let stream = AsyncStream.makeStream(of: Void.self)
    func send() { stream.continuation.yield() }
    func wait() async { for await _ in stream.stream { break } }
}
