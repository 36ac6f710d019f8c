internal import Glibc
internal import Platform
internal import Synchronization

/// A thread of the pool with its transport, which keeps its connections from one transfer to the next.
final class TransferWorker: Sendable {
    private enum Order {
        case none
        case work(Transfer)
        case leave
    }

    private let transport: Transport
    private let order = Locked(Order.none)

    private init(_ transport: Transport) { self.transport = transport }

    /// Does what the pool has; returns when there was nothing to do for a while.
    static func run(pool: TransferPool) {
        switch Transport.make(pool.configuration) {
        case .success(let transport): TransferWorker(transport).work(pool)
        case .failure(let error): for transfer in pool.abandon() { transfer.finish(.failure(error)) }
        }
    }

    /// Hands an idle worker a transfer.
    func give(_ transfer: Transfer) {
        order.withLock { $0 = .work(transfer) }
        transport.wake()
    }

    /// Tells an idle worker that the pool is closed.
    func leave() {
        order.withLock { $0 = .leave }
        transport.wake()
    }

    private func work(_ pool: TransferPool) {
        var next = pool.next(for: self)
        // While it waits it holds no transfer: nor what the caller's closures hold, which may be much.
        while let transfer = next.take() ?? waitForOrder(pool) { next = perform(transfer, pool) }
    }

    /// - Returns: what the pool has next.
    private func perform(_ transfer: Transfer, _ pool: TransferPool) -> Transfer? {
        let outcome = transport.perform(transfer)
        // Idle before the caller hears of it: its next request shall find this worker and its connection.
        let next = pool.next(for: self)
        transfer.finish(outcome)
        return next
    }

    private func waitForOrder(_ pool: TransferPool) -> Transfer? {
        let clock = pool.configuration.clock
        let end = clock.now + pool.configuration.keepAlive
        while true {
            let order = order.withLock { order in
                defer { order = .none }
                return order
            }
            switch order {
            case .work(let transfer): return transfer
            case .leave: return nil
            case .none: break
            }
            let left = end - clock.now
            if left <= .zero, pool.retire(self) { return nil }
            transport.wait(max(left, .milliseconds(1)))
        }
    }
}
