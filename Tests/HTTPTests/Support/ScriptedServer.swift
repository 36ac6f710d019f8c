import Glibc
import Platform
import Synchronization

/// A server that does what a test tells it, byte by byte: one thread for accepting, one for each connection.
final class ScriptedServer: Sendable {
    typealias Script = @Sendable (ScriptedConnection) -> Void

    private struct State {
        var connections: [ScriptedConnection] = []
        var isStopped = false
    }

    let port: UInt16
    private let listener: Int32
    private let script: Script
    private let state = Locked(State())

    var url: String { "http://127.0.0.1:\(port)" }
    /// How many connections there have been.
    var accepted: Int { state.withLock { $0.connections.count } }

    /// Serves with `script` while `body` runs.
    static func run<Result>(
        _ script: @escaping Script, _ body: (ScriptedServer) async throws -> Result
    ) async throws -> Result {
        let server = try ScriptedServer(script)
        defer { server.stop() }
        return try await body(server)
    }

    private init(_ script: @escaping Script) throws {
        self.script = script
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) | listen(listener, 128) | getsockname(listener, pointer, &length)
            }
        }
        guard code == 0 else { throw SystemError("listen", code: errno) }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        startThread(name: "scripted") { self.accept() }
    }

    /// Closes everything, which ends all threads.
    private func stop() {
        let connections = state.withLock { state in
            state.isStopped = true
            return state.connections
        }
        shutdown(listener, Int32(SHUT_RDWR))
        for connection in connections { connection.close() }
    }

    private func accept() {
        while true {
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else { break }
            let connection = ScriptedConnection(descriptor)
            let isStopped = state.withLock { state in
                state.connections.append(connection)
                return state.isStopped
            }
            guard !isStopped else { break }
            startThread(name: "scripted") { [script] in
                script(connection)
                connection.close()
            }
        }
        Glibc.close(listener)
    }
}
