internal import Catalogue
internal import Platform
internal import Wire

/// Waits until a subscriber holds all of some datasets.
struct Completion {
    let subscriber: Subscriber
    let display: ProgressDisplay
    let note: @Sendable (String) -> Void

    /// Nothing is told of what goes well.
    var isQuiet = false
    private var failures: [String] = []
    private var obstacles: [DatasetPath: Obstacle] = [:]

    /// What is in the way of a dataset, and since when nothing has come.
    private struct Obstacle {
        var error: String
        var held: Int64
        var since: ContinuousClock.Instant
    }

    /// Names in one request.
    private static let batch = 1000
    /// How long the subscriber, or what it needs, may be gone.
    static let patience = Duration.seconds(30)

    init(subscriber: Subscriber, display: ProgressDisplay, note: @Sendable @escaping (String) -> Void) {
        self.subscriber = subscriber
        self.display = display
        self.note = note
    }

    /// - Parameter started: the first answer.
    /// - Returns: what to say about those that failed.
    mutating func wait(for started: [DatasetPath: MirrorProgress]) async throws -> [String] {
        var running = try settle(started)
        var pause = Duration.milliseconds(20)
        while !running.isEmpty {
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(250))
            var still: [DatasetPath] = []
            for start in stride(from: 0, to: running.count, by: Self.batch) {
                still += try settle(await ask(Array(running[start..<min(start + Self.batch, running.count)])))
            }
            running = still
        }
        return failures
    }

    /// Tells what has ended; what has not comes back.
    private mutating func settle(_ states: [DatasetPath: MirrorProgress]) throws -> [DatasetPath] {
        var running: [DatasetPath] = []
        for (path, state) in states.sorted(by: { $0.key < $1.key }) {
            if !isQuiet { try display.update(path.text, held: state.held, size: state.size) }
            switch state.state {
            case .idle, .running: if isHopeful(path, state) { running.append(path) }
            case .complete where isQuiet: break
            case .complete: try display.finish(path.text, "\(path): complete, \(HumanText.bytes(state.size))")
            case .failed: failures.append("\(path): \(state.error ?? "failed, the subscriber does not say why")")
            }
        }
        return running
    }

    /// Whether to go on waiting: the subscriber itself never gives up.
    private mutating func isHopeful(_ path: DatasetPath, _ state: MirrorProgress) -> Bool {
        guard let error = state.error else {
            obstacles[path] = nil
            return true
        }
        let now = ContinuousClock.now
        guard let obstacle = obstacles[path], obstacle.held == state.held else {
            if obstacles[path]?.error != error { note("\(path): waiting: \(error)") }
            obstacles[path] = Obstacle(error: error, held: state.held, since: now)
            return true
        }
        guard now - obstacle.since > Self.patience else { return true }
        failures.append("\(path): \(error); the subscriber goes on trying")
        return false
    }

    /// How far they are; a subscriber that restarts is waited for, and goes on where it was.
    private mutating func ask(_ names: [DatasetPath]) async throws -> [DatasetPath: MirrorProgress] {
        var backoff = Backoff()
        let deadline = ContinuousClock.now + Self.patience
        while true {
            do {
                return try await subscriber.download(names.map(\.text))
            } catch let error as ClientError where error.code == .unreachable && ContinuousClock.now < deadline {
                try await Task.sleep(for: backoff.pause())
            } catch let error as ClientError where error.code == .notFound {
                // One that was withdrawn has the whole request refused.
                if names.count == 1 {
                    failures.append(error.message)
                    return [:]
                }
                var states: [DatasetPath: MirrorProgress] = [:]
                for name in names { try await states.merge(ask([name])) { $1 } }
                return states
            }
        }
    }
}
