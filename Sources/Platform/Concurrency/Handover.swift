#if SANITIZE_THREAD
/// Shows ThreadSanitizer that what a continuation returns was made before: who resumes a continuation before it is awaited
/// synchronises inside Swift's runtime, where the sanitizer does not look.
struct Handover: Sendable {
    private final class Lock: Sendable { let lock = Locked<Void>(()) }
    private let lock = Lock()

    /// Called by who makes the value, then by who gets it.
    func pass() { lock.lock.withLock { _ in } }
}
#else
/// Nothing, outside the sanitizer's build.
struct Handover: Sendable {
    func pass() {}
}
#endif
