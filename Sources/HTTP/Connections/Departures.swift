internal import Glibc
internal import Platform
internal import Synchronization

/// Notices that a client has gone while its answer is being made, on a thread of its own: libmicrohttpd does not look at a
/// connection that waits for its handler.
///
/// Who has sent a request and says that nothing more will come counts as gone: a client that only reads on cannot be told
/// from one that has closed its socket.
final class Departures: Sendable {
    private struct State {
        var next: UInt64 = 0
        var watched: [UInt64: @Sendable () -> Void] = [:]
    }

    private let bell: Doorbell
    private let poll: EventPoll
    private let stopping = Flag()
    private let threads = InFlight()
    private let state = Locked(State())

    init() throws(HTTPError) {
        bell = try Doorbell()
        poll = try EventPoll(bell)
    }

    func open() {
        threads.enter()
        startThread(name: "http-departures") { [self] in
            while !stopping.isSet { turn() }
            threads.leave()
        }
    }

    func close() async {
        stopping.set()
        bell.ring()
        await threads.waitUntilIdle(atMost: .seconds(1))
    }

    /// Calls `body` once when the client goes; what is returned ends the watching.
    func watch(_ client: ServerConnection, _ body: @escaping @Sendable () -> Void) -> UInt64 {
        let token = state.withLock { state in
            state.next += 1
            state.watched[state.next] = body
            return state.next
        }
        // Without room in the kernel nobody is watched: the answer is made in vain, and that is all.
        _ = poll.add(client, token, writing: false)
        return token
    }

    /// To be called before the connection is closed.
    func forget(_ client: ServerConnection, _ token: UInt64) {
        poll.remove(client)
        state.withLock { _ = $0.watched.removeValue(forKey: token) }
    }

    private func turn() {
        poll.wait(-1) { event in
            if event.token == EventPoll.doorbell { return bell.clear() }
            // Bytes of the next request are no departure.
            guard event.isHangUp else { return }
            state.withLock { $0.watched.removeValue(forKey: event.token) }?()
        }
    }
}
