internal import CSystem
internal import Glibc

/// An epoll set with a doorbell.
final class EventPoll: Sendable {
    struct Event {
        let token: UInt64
        private let flags: UInt32

        init(_ raw: epoll_event) {
            token = raw.data.u64
            flags = raw.events
        }

        var isReadable: Bool { flags & (EPOLLIN.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 }
        var isWritable: Bool { flags & EPOLLOUT.rawValue != 0 }
        /// Nothing can be sent any more.
        var isBroken: Bool { flags & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 }
        /// The peer will send nothing more, or has gone altogether.
        var isHangUp: Bool { flags & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 }
    }

    /// The token of the doorbell's events.
    static let doorbell = UInt64.max

    private static let capacity = 256
    private let raw: Int32
    // Safe: only `wait` uses it, and one thread waits.
    nonisolated(unsafe) private let buffer = UnsafeMutablePointer<epoll_event>.allocate(capacity: EventPoll.capacity)

    init(_ bell: Doorbell) throws(HTTPError) {
        raw = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard raw >= 0 else { throw .system("make an epoll descriptor") }
        _ = add(bell.raw, Self.doorbell, edgeTriggered: false, writing: false)
    }

    deinit {
        buffer.deallocate()
        close(raw)
    }

    /// Closing a descriptor takes it out again.
    func add(_ descriptor: Int32, _ token: UInt64, edgeTriggered: Bool = true, writing: Bool) -> Bool {
        var event = epoll_event()
        event.events = EPOLLIN.rawValue | EPOLLRDHUP.rawValue
        if edgeTriggered { event.events |= EPOLLET.rawValue }
        if writing { event.events |= EPOLLOUT.rawValue }
        event.data.u64 = token
        return epoll_ctl(raw, EPOLL_CTL_ADD, descriptor, &event) == 0
    }

    /// The first look at the connection is at what has come before.
    func add(_ client: ServerConnection, _ token: UInt64, writing: Bool) -> Bool {
        add(client.socket, token, writing: writing)
    }

    func remove(_ client: ServerConnection) { remove(client.socket) }

    func remove(_ descriptor: Int32) {
        var unused = epoll_event()
        epoll_ctl(raw, EPOLL_CTL_DEL, descriptor, &unused)
    }

    /// Waits for events, `milliseconds` at most (-1: for ever), and hands them to `body` one by one.
    func wait(_ milliseconds: Int32, _ body: (Event) -> Void) {
        let count = epoll_wait(raw, buffer, Int32(Self.capacity), milliseconds)
        for index in 0..<max(0, Int(count)) { body(Event(buffer[index])) }
    }
}
