internal import Glibc
internal import Platform
internal import Synchronization

/// A program that runs beside the test, killed at the latest when its scope ends.
public final class ChildProcess: Sendable {
    public enum Stream: Sendable { case output, error }
    public enum Exit: Hashable, Sendable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    private struct State {
        var lines: [(stream: Stream, text: String)] = []
        var openStreams = 2
        var exit: Exit?
    }

    public let name: String
    public let processIdentifier: Int32
    private let state = Locked(State())

    /// Runs `body` beside a program, and kills that afterwards unless it has ended.
    ///
    /// - Parameters:
    ///   - program: the name of a program of this package, or a path.
    ///   - environment: in addition to the test's own, whose `BPUBSUB_…` variables are left out.
    public static func with<Result>(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], folder: String? = nil,
        body: (ChildProcess) async throws -> Result
    ) async throws -> Result {
        let child = try ChildProcess(program, arguments, environment: environment, folder: folder)
        defer { child.kill() }
        return try await body(child)
    }

    /// Starts a program; the one who does must see to ``kill()``.
    public init(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], folder: String? = nil
    ) throws {
        name = String(program.split(separator: "/").last ?? "")
        let path = try BuiltPrograms.path(of: program)
        let output = try Pipe(), error = try Pipe()
        defer {
            close(output.writing)
            close(error.writing)
        }
        var variables = Environment.current.filter { !$0.key.hasPrefix("BPUBSUB_") }
        // That a program stops is what tests look at; how soon depends on the machine.
        variables["BPUBSUB_STOP_TIMEOUT"] = "\(Patience.limit.components.seconds)"
        variables.merge(environment) { $1 }
        do {
            processIdentifier = try Spawn.run(
                path, arguments, variables, folder: folder, output: output.writing, error: error.writing)
        } catch let failure {
            close(output.reading)
            close(error.reading)
            throw failure
        }
        read(output.reading, .output)
        read(error.reading, .error)
        awaitEnd()
    }

    // MARK: What it says

    /// The lines so far, without their ends.
    public func lines(_ stream: Stream) -> [String] {
        state.withLock { $0.lines.filter { $0.stream == stream }.map(\.text) }
    }

    /// Everything that it said, both streams in order: for a test's failure message.
    public var transcript: String { state.withLock { $0.lines.map { "\(name)| \($0.text)" }.joined(separator: "\n") } }

    /// The first line, of those so far and those to come, that `condition` holds for.
    public func line(
        within limit: Duration = Patience.limit, where condition: @escaping (String) -> Bool
    ) async throws -> String {
        try await value("a certain line", within: limit) { $0.lines.first { condition($0.text) }?.text }
    }

    /// The URL behind `listening on` in a line of either stream.
    public func url(within limit: Duration = Patience.limit) async throws -> String {
        try await value("'listening on http://…'", within: limit) { state in
            for line in state.lines {
                guard let range = line.text.firstRange(of: "listening on http://") else { continue }
                let url = line.text[range.lowerBound...].dropFirst("listening on ".count)
                return String(url.prefix { $0 != " " && $0 != "\"" && $0 != "," })
            }
            return nil
        }
    }

    // MARK: How it ends

    public var hasExited: Bool { state.withLock { $0.exit != nil } }

    /// Sends a signal, unless it has ended.
    public func send(signal: Int32) {
        // Under the lock: the process is not reaped meanwhile, so the number is still its own.
        state.withLock { if $0.exit == nil { _ = Glibc.kill(processIdentifier, signal) } }
    }

    public func terminate() { send(signal: SIGTERM) }
    public func interrupt() { send(signal: SIGINT) }
    public func kill() { send(signal: SIGKILL) }
    /// Stops it in its tracks, until ``thaw()``.
    public func freeze() { send(signal: SIGSTOP) }
    public func thaw() { send(signal: SIGCONT) }

    /// Its end, with all that it said read.
    @discardableResult
    public func exit(within limit: Duration = Patience.limit) async throws -> Exit {
        try await value("its end", within: limit, evenAfterEnd: true) { $0.openStreams == 0 ? $0.exit : nil }
    }

    // MARK: -

    /// Asks the state until it has the value; gives up early when the process has ended and said all.
    private func value<Value>(
        _ what: String, within limit: Duration, evenAfterEnd: Bool = false, _ find: @escaping (State) -> Value?
    ) async throws -> Value {
        do {
            let found: Value?? = try await Eventually.value(what, within: limit, every: .milliseconds(2)) {
                let state = self.state.withLock { $0 }
                if let value = find(state) { return .some(value) }
                return state.exit != nil && state.openStreams == 0 && !evenAfterEnd ? .some(nil) : nil
            }
            if case .some(.some(let value)) = found { return value }
            throw TestFailure("it ended without \(what)")
        } catch let error as TestFailure {
            throw TestFailure("\(name): \(error)\n\(transcript)")
        }
    }

    private func read(_ descriptor: Int32, _ stream: Stream) {
        startThread(name: "child lines") { [self] in
            var pending: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 64 * 1024)
            while true {
                let count = Glibc.read(descriptor, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { break }
                pending += buffer[..<count]
                while let end = pending.firstIndex(of: 10) {
                    add(pending[..<end], stream)
                    pending.removeSubrange(...end)
                }
            }
            if !pending.isEmpty { add(pending[...], stream) }
            close(descriptor)
            state.withLock { $0.openStreams -= 1 }
        }
    }

    private func add(_ line: ArraySlice<UInt8>, _ stream: Stream) {
        let text = String(decoding: line, as: UTF8.self)
        state.withLock { $0.lines.append((stream, text)) }
    }

    private func awaitEnd() {
        startThread(name: "child end") { [self] in
            var info = siginfo_t()
            // Looks without reaping, so that nobody signals a process that has taken over the number.
            while waitid(P_PID, id_t(processIdentifier), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
            state.withLock { state in
                var status: Int32 = 0
                while waitpid(processIdentifier, &status, 0) < 0 && errno == EINTR {}
                let signal = status & 0x7f
                state.exit = signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
            }
        }
    }
}
