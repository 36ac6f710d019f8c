internal import CSystem
internal import Glibc
internal import Synchronization

/// A fixed set of threads for calls that block: disk, compression, C libraries with locks of their own.
///
/// The cooperative pool has a thread a core and must never wait; here waiting is allowed.
public final class BlockingPool: Sendable {
    private typealias Job = @Sendable () -> Void

    private struct Queue {
        private var jobs: [Job?] = []
        private var head = 0

        mutating func append(_ job: @escaping Job) { jobs.append(job) }

        mutating func next() -> Job? {
            guard head < jobs.count else { return nil }
            let job = jobs[head]
            // What a job holds goes with it, also under a load that never lets the queue run empty.
            jobs[head] = nil
            head += 1
            if head * 2 >= jobs.count {
                jobs.removeFirst(head)
                head = 0
            }
            return job
        }
    }

    /// What the threads hold; the pool itself must be able to go while they wait.
    private final class Shared: Sendable {
        let queue = Locked(Queue())
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
                    guard let job = shared.queue.withLock({ $0.next() }) else { return }
                    job()
                }
            }
        }
    }

    deinit { for _ in 0..<threadCount { shared.available.signal() } }

    /// Runs `body` on a thread of the pool; a task that is cancelled while it queues throws at its turn.
    public func run<T: Sendable>(_ body: @Sendable @escaping () throws -> T) async throws -> T {
        let cancelled = Flag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enqueue {
                    if cancelled.isSet { return continuation.resume(throwing: CancellationError()) }
                    continuation.resume(with: Result(catching: body))
                }
            }
        } onCancel: {
            cancelled.set()
        }
    }

    /// Runs `body`, which cannot fail, on a thread of the pool; cancellation has no effect.
    public func run<T: Sendable>(_ body: @Sendable @escaping () -> T) async -> T {
        await withCheckedContinuation { continuation in enqueue { continuation.resume(returning: body()) } }
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

/// A switch that is thrown once, from any thread.
public final class Flag: Sendable {
    private let raised = Atomic(false)
    public init() {}
    public var isSet: Bool { raised.load(ordering: .acquiring) }
    public func set() { raised.store(true, ordering: .releasing) }
}

/// Starts a detached thread and hands it one closure.
package func startThread(name: String, _ body: @Sendable @escaping () -> Void) {
    final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void
        init(_ name: String, _ body: @Sendable @escaping () -> Void) {
            self.name = name
            self.body = body
        }
    }
    let context = Unmanaged.passRetained(Start(name, body)).toOpaque()
    var thread = pthread_t()
    let code = pthread_create(
        &thread, nil,
        { context in
            let start = Unmanaged<Start>.fromOpaque(context!).takeRetainedValue()
            csystem_name_thread(start.name)
            start.body()
            return nil
        }, context)
    precondition(code == 0, "pthread_create failed: \(code)")
    pthread_detach(thread)
}
