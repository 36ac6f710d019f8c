internal import Glibc
internal import Synchronization

/// A fixed set of threads for calls that block: disk, compression, C libraries with locks of their own.
///
/// The cooperative pool has a thread a core and must never wait; here waiting is allowed.
public final class BlockingPool: Sendable {
    private typealias Job = @Sendable () -> Void

    /// What the threads hold; the pool itself must be able to go while they wait.
    private final class Shared: Sendable {
        let queue = Locked(Queue<Job>())
        let available = Semaphore()
    }

    private let shared = Shared()
    private let threadCount: Int

    public init(name: String, threads: Int) {
        precondition(threads > 0, "a pool needs a thread")
        threadCount = threads
        for _ in 0..<threads {
            startThread(name: name) { [shared] in
                while true {
                    shared.available.wait()
                    // A signal without a job is the pool's farewell.
                    guard let job = shared.queue.withLock({ $0.popFirst() }) else { return }
                    job()
                }
            }
        }
    }

    deinit { for _ in 0..<threadCount { shared.available.signal() } }

    /// Runs `body` on a thread of the pool; a task that is cancelled while it queues throws at its turn.
    public func run<T: Sendable>(_ body: @Sendable @escaping () throws -> T) async throws -> T {
        let cancelled = Flag(), handover = Handover()
        defer { handover.pass() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enqueue {
                    if cancelled.isSet { return continuation.resume(throwing: CancellationError()) }
                    let result = Result(catching: body)
                    handover.pass()
                    continuation.resume(with: result)
                }
            }
        } onCancel: {
            cancelled.set()
        }
    }

    /// Runs `body`, which asks now and then whether its answer is still wanted, and gives up when it is not.
    public func run<T: Sendable>(
        asLongAs body: @Sendable @escaping (_ isWanted: @Sendable @escaping () -> Bool) throws -> T
    ) async throws -> T {
        let left = Flag()
        return try await withTaskCancellationHandler {
            try await run { try body { !left.isSet } }
        } onCancel: {
            left.set()
        }
    }

    /// Runs `body`, which cannot fail, on a thread of the pool; cancellation has no effect.
    public func run<T: Sendable>(_ body: @Sendable @escaping () -> T) async -> T {
        let handover = Handover()
        defer { handover.pass() }
        return await withCheckedContinuation { continuation in
            enqueue {
                let result = body()
                handover.pass()
                continuation.resume(returning: result)
            }
        }
    }

    private func enqueue(_ job: @escaping Job) {
        shared.queue.withLock { $0.append(job) }
        shared.available.signal()
    }

    /// A counting semaphore; the class owns the memory, so the address is stable.
    private final class Semaphore: Sendable {
        // Safe: sem_post and sem_wait are thread-safe by specification.
        nonisolated(unsafe) private let raw = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        init() { sem_init(raw, 0, 0) }
        func signal() { sem_post(raw) }
        func wait() { while sem_wait(raw) != 0 {} }
        deinit {
            sem_destroy(raw)
            raw.deallocate()
        }
    }
}
