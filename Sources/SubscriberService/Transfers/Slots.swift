import Platform
import Synchronization

/// A counting semaphore for tasks: first come, first served; waiting ends with cancellation.
final class Slots: Sendable {
    private struct State {
        var free: Int
        var next: UInt64 = 0
        var waiting = Queue<(id: UInt64, continuation: CheckedContinuation<Bool, Never>)>()
    }

    private let state: Locked<State>

    init(_ count: Int) { state = Locked(State(free: count)) }

    func acquire() async throws(CancellationError) {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        let granted = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let immediate: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.waiting.append((id, continuation))
                    return nil
                }
                if let immediate { continuation.resume(returning: immediate) }
            }
        } onCancel: {
            state.withLock { $0.waiting.remove { $0.id == id } }?.continuation.resume(returning: false)
        }
        if !granted { throw CancellationError() }
    }

    func release() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            let next = state.waiting.popFirst()
            if next == nil { state.free += 1 }
            return next?.continuation
        }
        next?.resume(returning: true)
    }
}
