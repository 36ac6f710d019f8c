import Platform
import Synchronization

/// A counting semaphore for tasks, of places or of bytes: first come, first served; waiting ends with cancellation.
final class Slots: Sendable {
    private struct Waiter {
        let id: UInt64
        let count: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var free: Int
        var next: UInt64 = 0
        var waiting: [Waiter] = []

        /// Whoever can go now, in order: who wants little does not overtake who wants much for ever.
        mutating func admit() -> [CheckedContinuation<Bool, Never>] {
            var admitted: [CheckedContinuation<Bool, Never>] = []
            while let first = waiting.first, first.count <= free {
                free -= first.count
                admitted.append(waiting.removeFirst().continuation)
            }
            return admitted
        }
    }

    private let total: Int
    private let state: Locked<State>

    init(_ total: Int) {
        self.total = total
        state = Locked(State(free: total))
    }

    /// Runs `body` when there are `count` to be had for it; more than there are in all count as all.
    func with<R: Sendable>(_ count: Int = 1, _ body: () async throws -> R) async throws -> R {
        let count = min(max(count, 0), total)
        try await acquire(count)
        defer { release(count) }
        return try await body()
    }

    private func acquire(_ count: Int) async throws {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        let granted = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let immediate: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if state.waiting.isEmpty, count <= state.free {
                        state.free -= count
                        return true
                    }
                    state.waiting.append(Waiter(id: id, count: count, continuation: continuation))
                    return nil
                }
                if let immediate { continuation.resume(returning: immediate) }
            }
        } onCancel: {
            leave(id)
        }
        guard granted else { throw CancellationError() }
    }

    private func leave(_ id: UInt64) {
        let (left, admitted) = state.withLock { state in
            let left = state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0).continuation }
            return (left, state.admit())
        }
        left?.resume(returning: false)
        for continuation in admitted { continuation.resume(returning: true) }
    }

    private func release(_ count: Int) {
        let admitted = state.withLock { state in
            state.free += count
            return state.admit()
        }
        for continuation in admitted { continuation.resume(returning: true) }
    }
}
