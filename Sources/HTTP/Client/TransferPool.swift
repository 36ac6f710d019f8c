internal import Platform
internal import Synchronization

/// Gives transfers their threads: started when needed, up to a limit, used again in the order of their warmth, and gone
/// after a while without work.
final class TransferPool: Sendable {
    private struct State {
        /// The last one has worked last: its connections are the most likely to be open.
        var idle: [TransferWorker] = []
        var queue: [Transfer] = []
        var workers = 0
        var isClosed = false
    }

    private enum Placement {
        case worker(TransferWorker)
        case newWorker
        case queue
    }

    let configuration: HTTPClient.Configuration
    private let state = Locked(State())

    init(_ configuration: HTTPClient.Configuration) { self.configuration = configuration }

    /// Runs a transfer on a thread of its own and returns when it has ended.
    func perform(_ transfer: Transfer) async -> Transfer.Outcome {
        await withTaskCancellationHandler {
            await transfer.outcome { transfer.kind == .feed ? startAlone(transfer) : submit(transfer) }
        } onCancel: {
            if transfer.cancel() == .wasWaiting { forget(transfer) }
        }
    }

    /// A worker's next transfer; without one the worker is idle from now on.
    func next(for worker: TransferWorker) -> Transfer? {
        let (transfer, isClosed): (Transfer?, Bool) = state.withLock { state in
            if !state.queue.isEmpty { return (state.queue.removeFirst(), false) }
            if state.isClosed { state.workers -= 1 } else { state.idle.append(worker) }
            return (nil, state.isClosed)
        }
        if isClosed { worker.leave() }
        return transfer
    }

    /// Lets an idle worker go; false when it has just been given something to do.
    func retire(_ worker: TransferWorker) -> Bool {
        state.withLock { state in
            guard let index = state.idle.firstIndex(where: { $0 === worker }) else { return false }
            state.idle.remove(at: index)
            state.workers -= 1
            return true
        }
    }

    /// A worker could not begin. Returns the transfers that nobody is left to do.
    func abandon() -> [Transfer] {
        state.withLock { state in
            state.workers -= 1
            guard state.workers == 0 else { return [] }
            defer { state.queue = [] }
            return state.queue
        }
    }

    /// Sends idle workers home; the others follow when they have finished.
    func close() {
        let idle = state.withLock { state in
            state.isClosed = true
            state.workers -= state.idle.count
            defer { state.idle = [] }
            return state.idle
        }
        for worker in idle { worker.leave() }
    }

    private func submit(_ transfer: Transfer) {
        let placement: Placement = state.withLock { state in
            if let worker = state.idle.popLast() { return .worker(worker) }
            state.queue.append(transfer)
            guard state.workers < configuration.maxConcurrent else { return .queue }
            state.workers += 1
            return .newWorker
        }
        switch placement {
        case .worker(let worker): worker.give(transfer)
        case .newWorker: startThread(name: "http-client") { TransferWorker.run(pool: self) }
        case .queue: break
        }
    }

    private func startAlone(_ transfer: Transfer) {
        startThread(name: "http-feed") { [configuration] in
            let outcome = Transport.make(configuration).flatMap { $0.perform(transfer) }
            transfer.finish(outcome)
        }
    }

    private func forget(_ transfer: Transfer) {
        state.withLock { state in state.queue.removeAll { $0 === transfer } }
    }
}
