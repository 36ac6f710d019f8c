import Platform
import Synchronization

/// Lets tasks send requests when it is their turn, as ``RequestTable`` has it; waiting ends with cancellation.
final class RequestSlots: Sendable {
    private typealias Waiter = CheckedContinuation<Bool, Never>

    private struct State {
        var table: RequestTable
        var nextToken: RequestTable.Token = 0
        var waiters: [RequestTable.Token: Waiter] = [:]
    }

    private let state: Locked<State>

    init(_ limit: Int) { state = Locked(State(table: RequestTable(limit: limit))) }

    /// Runs `body` when it is its turn.
    func with<R>(_ request: RequestTable.Request, _ body: () async -> R) async throws(CancellationError) -> R {
        try await acquire(request)
        defer { release(request) }
        return await body()
    }

    private func acquire(_ request: RequestTable.Request) async throws(CancellationError) {
        let token = state.withLock { state in
            state.nextToken += 1
            return state.nextToken
        }
        let isGranted = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                let immediate: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if state.table.acquire(token, request) { return true }
                    state.waiters[token] = waiter
                    return nil
                }
                if let immediate { waiter.resume(returning: immediate) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.table.leave(token) ? $0.waiters.removeValue(forKey: token) : nil }
            waiter?.resume(returning: false)
        }
        if !isGranted { throw CancellationError() }
    }

    private func release(_ request: RequestTable.Request) {
        let granted = state.withLock { state in
            state.table.release(request).compactMap { state.waiters.removeValue(forKey: $0) }
        }
        for waiter in granted { waiter.resume(returning: true) }
    }
}
