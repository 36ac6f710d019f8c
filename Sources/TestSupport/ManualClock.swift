public import Platform
internal import Synchronization

/// A clock that stands still until the test moves it.
///
/// ```
/// let clock = ManualClock()
/// async let result = work(clock: clock)
/// await clock.sleepers(1)
/// clock.advance(by: .seconds(60))
/// ```
public final class ManualClock: SteadyClock {
    private struct Sleeper {
        let deadline: SteadyInstant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Waiter {
        let count: Int
        let deadline: SteadyInstant?
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now = SteadyInstant(sinceStart: .seconds(1000))
        var nextNumber: UInt64 = 0
        var sleepers: [UInt64: Sleeper] = [:]
        var cancelled: Set<UInt64> = []
        var waiters: [Waiter] = []

        func count(until deadline: SteadyInstant?) -> Int {
            guard let deadline else { return sleepers.count }
            return sleepers.values.count { $0.deadline <= deadline }
        }

        /// Those whose wait is over.
        mutating func satisfied() -> [CheckedContinuation<Void, Never>] {
            let (done, rest) = waiters.reduce(into: ([Waiter](), [Waiter]())) { lists, waiter in
                let isOver = count(until: waiter.deadline) >= waiter.count
                if isOver { lists.0.append(waiter) } else { lists.1.append(waiter) }
            }
            waiters = rest
            return done.map(\.continuation)
        }

        /// Moves on, and takes out those who wake up, in the order of their deadlines.
        mutating func advance(to moment: SteadyInstant) -> [CheckedContinuation<Void, any Error>] {
            now = max(now, moment)
            let due = sleepers.filter { $0.value.deadline <= now }
            for number in due.keys { sleepers[number] = nil }
            return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }.map(\.value.continuation)
        }
    }

    private let state = Locked(State())

    public init() {}

    public var now: SteadyInstant { state.withLock { $0.now } }

    /// How many sleep now.
    public var sleeping: Int { state.withLock { $0.sleepers.count } }

    /// Moves the clock; who waited for less wakes up.
    public func advance(by duration: Duration) {
        let due = state.withLock { $0.advance(to: $0.now.advanced(by: duration)) }
        for continuation in due { continuation.resume() }
    }

    /// Moves the clock to the next deadline that somebody waits for.
    public func advanceToNext() {
        let due = state.withLock { state in
            state.advance(to: state.sleepers.values.map(\.deadline).min() ?? state.now)
        }
        for continuation in due { continuation.resume() }
    }

    /// Runs `body` while time passes, `step` by step: for what ends by itself when nothing happens for long enough, in code
    /// that looks at the clock without sleeping on it.
    public func running<Result>(by step: Duration, _ body: () async throws -> Result) async throws -> Result {
        let ticking = Task {
            while true {
                try await Task.sleep(for: .milliseconds(20))
                advance(by: step)
            }
        }
        defer { ticking.cancel() }
        return try await body()
    }

    /// Returns as soon as at least `count` sleep; with `duration`, only those are counted who wake up when the clock is moved
    /// that far.
    public func sleepers(_ count: Int = 1, within duration: Duration? = nil) async {
        await withCheckedContinuation { continuation in
            let done = state.withLock { state in
                let deadline = duration.map { state.now.advanced(by: $0) }
                state.waiters.append(Waiter(count: count, deadline: deadline, continuation: continuation))
                return state.satisfied()
            }
            for continuation in done { continuation.resume() }
        }
    }

    public func sleep(until deadline: SteadyInstant) async throws {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        defer { state.withLock { _ = $0.cancelled.remove(number) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { begin(number, deadline, $0) }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.cancelled.insert(number)
                return state.sleepers.removeValue(forKey: number)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    private func begin(
        _ number: UInt64, _ deadline: SteadyInstant, _ continuation: CheckedContinuation<Void, any Error>
    ) {
        enum Start { case cancelled, over, sleeps([CheckedContinuation<Void, Never>]) }
        let start = state.withLock { state -> Start in
            if state.cancelled.contains(number) { return .cancelled }
            if deadline <= state.now { return .over }
            state.sleepers[number] = Sleeper(deadline: deadline, continuation: continuation)
            return .sleeps(state.satisfied())
        }
        switch start {
        case .cancelled: continuation.resume(throwing: CancellationError())
        case .over: continuation.resume()
        case .sleeps(let waiters): for waiter in waiters { waiter.resume() }
        }
    }
}
