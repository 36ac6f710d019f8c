internal import Synchronization

/// Something to do, told to one waiter. Unlike a stream it outlives the cancellation of who waits.
public final class Signal: Sendable {
    private enum State {
        case quiet
        case raised
        case waiting(CheckedContinuation<Void, Never>)
    }

    private let state = Locked(State.quiet)

    public init() {}

    /// Wakes the waiter, or the next one.
    public func raise() {
        let waiter: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard case .waiting(let waiter) = state else {
                state = .raised
                return nil
            }
            state = .quiet
            return waiter
        }
        waiter?.resume()
    }

    /// Returns when the signal is raised, or the task is cancelled.
    public func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isRaised = state.withLock { state in
                    guard case .raised = state else {
                        state = .waiting(continuation)
                        return false
                    }
                    state = .quiet
                    return true
                }
                if isRaised { return continuation.resume() }
                // The handler may have run before there was a waiter.
                if Task.isCancelled { raise() }
            }
        } onCancel: {
            raise()
        }
    }
}
