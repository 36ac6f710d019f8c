import Glibc

/// Lets a blocking thread wait until it is opened: for places where nothing can be awaited.
final class Gate: Sendable {
    // Safe: semaphores are thread-safe by specification.
    nonisolated(unsafe) private let raw = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    init() { sem_init(raw, 0, 0) }
    func open() { sem_post(raw) }
    func wait() { while sem_wait(raw) != 0 {} }
    deinit {
        sem_destroy(raw)
        raw.deallocate()
    }
}
