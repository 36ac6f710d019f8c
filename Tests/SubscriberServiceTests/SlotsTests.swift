import Platform
import TestSupport
import Testing

@testable import SubscriberService

@Suite(.patient) struct SlotsTests {
    @Test func whoWaitsGoesInOrder() async throws {
        let slots = Slots(100)
        let order = Recorder<Int>(), gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            let first = Gate()
            group.addTask {
                try await slots.with(60) {
                    first.open()
                    try await gate.wait()
                    order.append(1)
                }
            }
            try await first.wait()
            // Neither the large one nor who comes behind it can go before the first is done.
            group.addTask { try await slots.with(1000) { _ = order.append(2) } }
            gate.open()
            try await group.waitForAll()
        }
        try await slots.with(100) { _ = order.append(3) }
        #expect(order.all == [1, 2, 3])
    }

    @Test func whoLeavesWhileWaitingTakesNothing() async throws {
        let slots = Slots(10)
        try await slots.with(10) {
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do { try await slots.with(5) {} } catch { return error is CancellationError }
                        return false
                    }
                }
                group.cancelAll()
                for await isCancelled in group { #expect(isCancelled) }
            }
        }
        try await slots.with(10) {}
    }
}
