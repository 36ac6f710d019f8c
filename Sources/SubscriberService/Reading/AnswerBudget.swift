import Platform
import Synchronization

/// The memory that answers which are made at the same time may take together: first come, first served.
final class AnswerBudget: Sendable {
    private struct Waiter {
        let id: UInt64
        let bytes: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var free: Int
        var next: UInt64 = 0
        var waiting: [Waiter] = []

        /// Whoever can go now, in order: a small answer does not overtake a large one for ever.
        mutating func admit() -> [CheckedContinuation<Bool, Never>] {
            var admitted: [CheckedContinuation<Bool, Never>] = []
            while let first = waiting.first, first.bytes <= free {
                free -= first.bytes
                admitted.append(waiting.removeFirst().continuation)
            }
            return admitted
        }
    }

    private let total: Int
    private let state: Locked<State>

    init(total: Int) {
        self.total = total
        state = Locked(State(free: total))
    }

    /// Runs `body` when there are `bytes` to be had for it; more than there are in all count as all.
    func with<R: Sendable>(_ bytes: Int, _ body: () async throws -> R) async throws -> R {
        let bytes = min(max(bytes, 0), total)
        try await acquire(bytes)
        defer { release(bytes) }
        return try await body()
    }

    private func acquire(_ bytes: Int) async throws {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        let granted = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let immediate: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if state.waiting.isEmpty, bytes <= state.free {
                        state.free -= bytes
                        return true
                    }
                    state.waiting.append(Waiter(id: id, bytes: bytes, continuation: continuation))
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

    private func release(_ bytes: Int) {
        let admitted = state.withLock { state in
            state.free += bytes
            return state.admit()
        }
        for continuation in admitted { continuation.resume(returning: true) }
    }
}
