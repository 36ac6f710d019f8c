internal import Catalogue
internal import Platform
internal import Synchronization

/// Shows how a download of one or more datasets goes: a line that is painted over and over on a terminal, now and then a
/// new line elsewhere, and a lasting line for each dataset at its end.
final class ProgressDisplay: Sendable {
    private struct State {
        var held: [ExactText: Int64] = [:]
        var sizes: [ExactText: Int64] = [:]
        var heldTotal = Tally()
        var sizeTotal = Tally()
        var finished = 0
        var meter = ProgressMeter()
        var lastShown = -Double.infinity
        var isPainted = false

        mutating func set(_ path: ExactText, _ held: Int64, _ size: Int64) {
            heldTotal.add(held)
            heldTotal.subtract(self.held.updateValue(held, forKey: path) ?? 0)
            sizeTotal.add(size)
            sizeTotal.subtract(sizes.updateValue(size, forKey: path) ?? 0)
        }
    }

    private static let paintingInterval = 0.1
    private static let plainInterval = 5.0
    private static let erasure = "\r\u{1b}[K"

    private let output: any TextOutput
    private let now: @Sendable () -> Double
    private let state = Locked(State())

    init(_ output: any TextOutput, now: @Sendable @escaping () -> Double = ProgressDisplay.clock) {
        self.output = output
        self.now = now
    }

    /// Notes how far a dataset is, and shows it when it is time.
    func update(_ path: String, held: Int64, size: Int64) throws {
        let text = state.withLock { state -> String? in
            state.set(ExactText(path), held, size)
            return show(&state)
        }
        guard let text else { return }
        try output.print(text)
        try output.flush()
    }

    /// Prints a lasting line about a dataset that is done.
    func finish(_ path: String, _ line: String) throws {
        let prefix = state.withLock { state -> String in
            state.finished += 1
            defer { state.isPainted = false }
            return state.isPainted ? Self.erasure : ""
        }
        try output.print("\(prefix)\(PrintableText.escaped(line))\n")
        if output.isTerminal { try output.flush() }
    }

    /// Leaves the terminal in order.
    func end() throws {
        let isPainted = state.withLock { state in
            defer { state.isPainted = false }
            return state.isPainted
        }
        if isPainted { try output.print(Self.erasure) }
        try output.flush()
    }

    private func show(_ state: inout State) -> String? {
        let time = now()
        state.meter.note(state.heldTotal.value, at: time)
        if state.lastShown == -.infinity, !output.isTerminal {
            // The first plain line comes when it has become a long wait.
            state.lastShown = time
        }
        let interval = output.isTerminal ? Self.paintingInterval : Self.plainInterval
        guard time - state.lastShown >= interval else { return nil }
        state.lastShown = time
        let title =
            state.sizes.count == 1
            ? state.sizes.keys.first?.text ?? "" : "\(state.finished) of \(state.sizes.count) datasets"
        let line = ProgressLine(
            title: title, held: state.heldTotal.value, total: state.sizeTotal.value, rate: state.meter.rate,
            timeLeft: state.meter.timeLeft(total: state.sizeTotal.value))
        guard output.isTerminal else { return line.plain + "\n" }
        state.isPainted = true
        return Self.erasure + line.bar(columns: output.columns ?? 80)
    }

    /// Seconds of a clock that only grows.
    static let clock: @Sendable () -> Double = {
        let start = ContinuousClock.now
        return {
            let span = (ContinuousClock.now - start).components
            return Double(span.seconds) + Double(span.attoseconds) * 1e-18
        }
    }()
}
