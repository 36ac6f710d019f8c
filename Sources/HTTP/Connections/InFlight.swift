internal import Platform
internal import Synchronization

/// Counts what is under way, and tells one waiter when nothing is.
final class InFlight: Sendable {
    private struct State {
        var count = 0
        var waiter: CheckedContinuation<Void, Never>?
        var isGivenUp = false
    }

    private let state = Locked(State())

    func enter() { state.withLock { $0.count += 1 } }

    func leave() {
        state.withLock { state in
            state.count -= 1
            return state.count == 0 ? state.waiter.take() : nil
        }?.resume()
    }

    /// Returns when nothing is under way, after `limit` at the latest.
    func waitUntilIdle(atMost limit: Duration) async {
        state.withLock { $0.isGivenUp = false }
        await withTaskGroup { group in
            group.addTask { try? await Task.sleep(for: limit) }
            group.addTask { await self.waitUntilIdle() }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitUntilIdle() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.count == 0 || state.isGivenUp {
                        state.isGivenUp = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { state in
                // Cancelled before it waits, or while it does.
                state.isGivenUp = state.waiter == nil
                return state.waiter.take()
            }?.resume()
        }
    }
}
