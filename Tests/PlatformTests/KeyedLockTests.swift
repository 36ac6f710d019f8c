import Platform
import Synchronization
import TestSupport
import Testing

@Suite(.patient) struct KeyedLockTests {
    private struct Inside {
        var now = 0, most = 0, total = 0
    }

    @Test func oneAtATimeHasAKey() async {
        let lock = KeyedLock<String>()
        let inside = Counted()
        await withTaskGroup { group in
            for _ in 0..<100 {
                group.addTask {
                    await lock.withLock("a") {
                        inside.enter()
                        await Task.yield()
                        inside.leave()
                    }
                }
            }
        }
        let (total, most) = inside.state
        #expect(total == 100 && most == 1, "all have been there, and never two")
    }

    @Test func anotherKeyIsFree() async {
        let lock = KeyedLock<Int>()
        // It would wait for itself.
        let number = await lock.withLock(1) { await lock.withLock(2) { 3 } }
        #expect(number == 3)
    }

    @Test func whoFailsGivesItBack() async {
        struct Failure: Error {}
        let lock = KeyedLock<Int>()
        await #expect(throws: Failure.self) { try await lock.withLock(1) { throw Failure() } }
        let isFree = await lock.withLock(1) { true }
        #expect(isFree)
    }

    /// Counts who is inside.
    private final class Counted: Sendable {
        private let inside = Locked(Inside())

        var state: (total: Int, most: Int) { inside.withLock { ($0.total, $0.most) } }

        func enter() {
            inside.withLock { inside in
                inside.now += 1
                inside.total += 1
                inside.most = max(inside.most, inside.now)
            }
        }

        func leave() { inside.withLock { $0.now -= 1 } }
    }
}
