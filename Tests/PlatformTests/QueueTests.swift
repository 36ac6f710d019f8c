import Platform
import Testing

@Suite struct QueueTests {
    @Test func whatComesFirstLeavesFirst() {
        var queue = Queue<Int>()
        var expected = 0, next = 0
        // Fuller and emptier in turn, so that the memory in front is given back in between.
        for round in 0..<200 {
            for _ in 0..<(round % 7) { queue.append(next); next += 1 }
            for _ in 0..<(round % 5) where !queue.isEmpty {
                #expect(queue.popFirst() == expected)
                expected += 1
            }
            #expect(queue.count == next - expected)
        }
        while let element = queue.popFirst() {
            #expect(element == expected)
            expected += 1
        }
        #expect(expected == next && queue.popFirst() == nil)
    }

    @Test func aQueueGivesBackWhatItWasGiven() {
        var queue = Queue<Int>()
        var next = 0
        for index in 0..<10_000 {
            queue.append(index)
            if index % 3 == 0 {
                let value = queue.popFirst()
                #expect(value == next)
                next += 1
            }
        }
        while let value = queue.popFirst() {
            #expect(value == next)
            next += 1
        }
        #expect(next == 10_000)
    }

    @Test func whatHasLeftIsNotKept() {
        final class Held {}
        var queue = Queue<Held>()
        for _ in 0..<10 { queue.append(Held()) }
        weak let first = queue.popFirst()
        #expect(first == nil)
    }

    @Test func oneInTheMiddleMayLeave() {
        var queue = Queue<Int>()
        for number in 0..<5 { queue.append(number) }
        _ = queue.popFirst()
        #expect(queue.remove { $0 == 0 } == nil, "it has left")
        #expect(queue.remove { $0 == 3 } == 3)
        var rest: [Int] = []
        while let element = queue.popFirst() { rest.append(element) }
        #expect(rest == [1, 2, 4])
    }
}
