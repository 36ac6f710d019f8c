internal import CSystem
internal import Glibc

/// Wakes an event loop from any thread.
final class Doorbell: Sendable {
    let raw: Int32

    init() throws(HTTPError) {
        raw = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard raw >= 0 else { throw .system("make an event descriptor") }
    }

    deinit { close(raw) }

    func ring() { eventfd_write(raw, 1) }

    /// For the loop: the rings so far have been heard.
    func clear() {
        var count: eventfd_t = 0
        eventfd_read(raw, &count)
    }
}
