internal import Catalogue
internal import Platform

/// Has a subscriber hold datasets completely, and perhaps writes them into files.
struct Download: Sendable {
    let subscriber: Subscriber
    let output: any TextOutput
    let display: ProgressDisplay
    private let pool = BlockingPool(name: "files", threads: 1)

    /// Names in one request.
    private static let batch = 1000
    /// How long the subscriber may be gone.
    private static let patience = Duration.seconds(30)

    init(_ subscriber: Subscriber, _ output: any TextOutput) {
        self.subscriber = subscriber
        self.output = output
        display = ProgressDisplay(output)
    }

    /// - Parameter folder: where files go; `nil` for none.
    func run(_ names: [String], folder: String?) async throws {
        let started = try await subscriber.download(names)
        for (path, state) in started {
            try display.update(path, held: folder == nil ? state.held : 0, size: state.size)
        }
        var failures: [String]
        do {
            failures =
                if let folder { try await writeFiles(started, folder) } else { try await awaitAll(started) }
        } catch {
            try display.end()
            throw error
        }
        try display.end()
        failures.sort()
        guard !failures.isEmpty else { return }
        throw ClientError(.incomplete, failures.joined(separator: "; "))
    }

    // MARK: Files

    private func writeFiles(_ started: [String: TransferState], _ folder: String) async throws -> [String] {
        let paths = try started.keys.map { path in
            do {
                return try DatasetPath(path)
            } catch {
                throw ClientError(.badAnswer, "the subscriber names a dataset that cannot be: \(error)")
            }
        }
        let targets = TargetNames.choose(for: paths)
        let writer = FileDownload(subscriber: subscriber, display: display, pool: pool)
        var failures: [String] = []
        for path in paths.sorted() {
            // Every path of `paths` got a name.
            let target = "\(folder)/\(targets[path] ?? path.text)"
            do {
                let size = try await writer.write(path, size: started[path.text]?.size ?? 0, to: target)
                try display.update(path.text, held: size, size: size)
                try display.finish(path.text, "\(path): written to \(target), \(HumanText.bytes(size))")
            } catch let error as ClientError where error.code != .unreachable {
                failures.append(error.message.contains(path.text) ? error.message : "\(path): \(error)")
            } catch let error as SystemError {
                failures.append("\(path): \(error)")
            }
        }
        return failures
    }

    // MARK: Holding

    /// Asks until everything is there or has failed; what has failed comes back.
    private func awaitAll(_ started: [String: TransferState]) async throws -> [String] {
        var failures: [String] = []
        var running = try settle(started, &failures)
        var pause = Duration.milliseconds(20)
        while !running.isEmpty {
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(250))
            var still: [String] = []
            for start in stride(from: 0, to: running.count, by: Self.batch) {
                let names = Array(running[start..<min(start + Self.batch, running.count)])
                still += try settle(await ask(names, &failures), &failures)
            }
            running = still
        }
        return failures
    }

    /// Tells what has ended; what has not comes back.
    private func settle(_ states: [String: TransferState], _ failures: inout [String]) throws -> [String] {
        var running: [String] = []
        for (path, state) in states.sorted(by: { $0.key < $1.key }) {
            try display.update(path, held: state.held, size: state.size)
            switch state.state {
            case .running: running.append(path)
            case .complete: try display.finish(path, "\(path): complete, \(HumanText.bytes(state.size))")
            case .failed: failures.append("\(path): \(state.error ?? "failed, the subscriber does not say why")")
            }
        }
        return running
    }

    /// How far they are; a subscriber that restarts is waited for, and goes on where it was.
    private func ask(_ names: [String], _ failures: inout [String]) async throws -> [String: TransferState] {
        var backoff = Backoff()
        let deadline = ContinuousClock.now + Self.patience
        while true {
            do {
                return try await subscriber.download(names)
            } catch let error as ClientError where error.code == .unreachable && ContinuousClock.now < deadline {
                try await Task.sleep(for: backoff.pause())
            } catch let error as ClientError where error.code == .notFound {
                // One that was withdrawn has the whole request refused.
                if names.count == 1 {
                    failures.append(error.message)
                    return [:]
                }
                var states: [String: TransferState] = [:]
                for name in names { try await states.merge(ask([name], &failures)) { $1 } }
                return states
            }
        }
    }
}
