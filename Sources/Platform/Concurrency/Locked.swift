#if SANITIZE_THREAD
internal import Glibc

/// A value behind a lock.
///
/// ThreadSanitizer on Linux cannot see the futex of `Synchronization.Mutex` and reports every use as a race; the
/// sanitizer build (`-Xswiftc -DSANITIZE_THREAD`) therefore uses a pthread mutex, which it understands.
///
/// `@unchecked Sendable`: `value` is touched between lock and unlock only.
public struct Locked<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let value: UnsafeMutablePointer<Value>

    public init(_ value: consuming sending Value) {
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        self.value = .allocate(capacity: 1)
        self.value.initialize(to: value)
    }

    deinit {
        value.deinitialize(count: 1)
        value.deallocate()
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    public borrowing func withLock<Result: ~Copyable, E: Error>(
        _ body: (inout sending Value) throws(E) -> sending Result
    ) throws(E) -> sending Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return try body(&value.pointee)
    }
}
#else
public import Synchronization

/// A value behind a lock.
public typealias Locked = Mutex
#endif
