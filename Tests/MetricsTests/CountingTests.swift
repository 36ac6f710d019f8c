import Metrics
import Testing

/// Counting from many threads at once.
struct CountingTests {
    @Test("Nothing is lost when many count at the same time")
    func counter() async {
        let counter = Counter(), durations = DurationHistogram()
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for number in 0..<10_000 {
                        counter.add()
                        durations.record(.microseconds(number))
                    }
                }
            }
        }
        #expect(counter.total == 80_000)
        #expect(durations.snapshot.count == 80_000)
        #expect(abs(durations.snapshot.seconds - 8 * 49.995) < 1e-6)
    }

    @Test("A duration is in all buckets whose bound it does not exceed")
    func buckets() {
        let durations = DurationHistogram()
        durations.record(.milliseconds(1))
        durations.record(.nanoseconds(1_000_001))
        durations.record(.seconds(3600))
        durations.record(.seconds(-1))
        let counts = durations.snapshot.cumulative
        #expect(counts.map(\.bound) == DurationHistogram.bounds + [.infinity])
        #expect(counts.map(\.count) == [1, 1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 4])
    }
}
