import Platform
import Synchronization
import Testing

@testable import Client

@Suite("Progress")
struct ProgressTests {
    @Test("the rate is that of the last seconds")
    func meter() {
        var meter = ProgressMeter()
        meter.note(0, at: 0)
        #expect(meter.rate == nil)
        for second in 1...10 { meter.note(Int64(second) * 100, at: Double(second)) }
        #expect(meter.rate == 100)
        #expect(meter.timeLeft(total: 1500) == 5)
        for second in 11...20 { meter.note(1000 + Int64(second - 10) * 300, at: Double(second)) }
        #expect(meter.rate == 300)
        meter.note(0, at: 21)
        #expect(meter.rate == nil)
        #expect(meter.timeLeft(total: 10) == nil)
    }

    @Test("numbers that no subscriber has are shown all the same")
    func hostileNumbers() throws {
        let output = CollectedOutput(), time = Locked(0.0)
        let display = ProgressDisplay(output) { time.withLock { $0 } }
        for (held, size) in [(Int64.max, Int64.max), (.max, .min), (.min, .max), (-1, -1), (.min, .min), (0, .max)] {
            for path in ["a", "b", "c"] {
                time.withLock { $0 += 7 }
                try display.update(path, held: held, size: size)
            }
        }
        for value in [1e300, -1e300, .infinity, -.infinity, .nan, 1e15, 9.3e18] {
            #expect(!HumanText.decimal(value, digits: 1).isEmpty && !HumanText.span(seconds: value).isEmpty)
            #expect(!HumanText.moment(value).isEmpty)
            var line = ProgressLine(title: "a", held: .max, total: 1, rate: value, timeLeft: value)
            #expect(!line.bar(columns: 80).isEmpty)
            line.total = .min
            #expect(!line.plain.isEmpty)
        }
        #expect(HumanText.percent(.max, of: 1, isComplete: false) == "99 %")
    }

    @Test("the bar fits the terminal", arguments: [20, 40, 60, 80, 200])
    func bar(_ columns: Int) {
        let line = ProgressLine(
            title: "foo/a/rather/long/path/\u{1b}precip.b2nd", held: 50 << 20, total: 200 << 20, rate: 30e6, timeLeft: 5
        )
        let text = line.bar(columns: columns)
        #expect(DisplayWidth.of(text) < columns)
        #expect(!text.contains("\u{1b}"))
        if columns >= 80 {
            #expect(text.contains(columns == 80 ? "[##--------] 25 %" : "[#####---------------] 25 %"))
            #expect(text.hasSuffix(" 25 % 50.0 MiB/200.0 MiB 28.6 MiB/s 5 s left"))
        }
    }

    @Test("a terminal's line is painted over, a few times a second at most, and gone at the end")
    func terminal() throws {
        let time = Locked(0.0)
        let output = CollectedOutput(columns: 80)
        let display = ProgressDisplay(output) { time.withLock { $0 } }
        for step in 0...100 {
            time.withLock { $0 = Double(step) * 0.01 }
            try display.update("foo/a", held: Int64(step) * 1000, size: 100_000)
        }
        try display.finish("foo/a", "foo/a: complete")
        try display.end()
        let paintings = output.text.split(separator: "\r\u{1b}[K", omittingEmptySubsequences: false)
        #expect((5...13).contains(paintings.count))
        #expect(output.text.hasSuffix("\r\u{1b}[Kfoo/a: complete\n"))
    }

    @Test("elsewhere there is a line every few seconds")
    func plain() throws {
        let time = Locked(0.0)
        let output = CollectedOutput()
        let display = ProgressDisplay(output) { time.withLock { $0 } }
        for step in 0...12 {
            time.withLock { $0 = Double(step) }
            try display.update("foo/a", held: Int64(step) << 20, size: 20 << 20)
        }
        #expect(
            output.lines == [
                "foo/a: 25 %, 5.0 MiB of 20.0 MiB, 1.0 MiB/s, 15 s left",
                "foo/a: 50 %, 10.0 MiB of 20.0 MiB, 1.0 MiB/s, 10 s left",
            ])
    }
}
