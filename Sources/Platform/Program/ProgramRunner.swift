internal import CSystem
internal import Glibc
internal import Synchronization

/// Runs a program from its command line to its exit status: 0 done, 1 failed, 2 wrong usage; of a command that a signal ended,
/// or whose reader has gone, 128 and the signal's number, as shells count.
public enum ProgramRunner {
    /// How long a program may take to stop after the first signal. Those who start it on a machine that may be slow, as tests
    /// do, give it more: `BPUBSUB_STOP_TIMEOUT`, in seconds.
    private static let graceMilliseconds: Int32 = {
        guard let text = Environment.current["BPUBSUB_STOP_TIMEOUT"], let seconds = Int32(text) else { return 1900 }
        return max(1, min(seconds, 86_400)) * 1000
    }()

    /// Parses the arguments of a service and runs `body` with them; never returns.
    ///
    /// SIGTERM and SIGINT cancel the task of `body`, which is to stop then; a second signal, or taking 2 seconds, ends
    /// the process at once with status 1; a terminal that closes ends nothing. What `body` throws becomes one line on standard error.
    public static func main(
        _ syntax: ArgumentSyntax, body: @Sendable @escaping (Arguments) async throws -> Void
    ) async -> Never {
        await main(program: syntax.program, isService: true) { (arguments, environment) in
            let parsed = try syntax.parse(arguments, environment: environment)
            switch parsed.request {
            case .help: try StandardOutput.shared.print(syntax.help())
            case .version: try StandardOutput.shared.print("\(syntax.program) \(ProgramVersion.current)\n")
            case nil: try await body(parsed)
            }
        }
    }

    /// The exit status of what ended because of a signal: that is the way to end a service, and in the way of a command, which has
    /// not done what it was to do.
    private static func status(of signal: Int32, _ isService: Bool) -> Int32 { isService ? 0 : 128 + signal }

    /// The same for a program that parses by itself.
    public static func main(
        program: String, isService: Bool = false,
        body: @Sendable @escaping ([String], [String: String]) async throws -> Void
    ) async -> Never {
        Memory.configure()
        DescriptorLimit.raise()
        let stop = Locked<Int32?>(nil)
        let running = Locked<Task<Void, any Error>?>(nil)
        do {
            try DescriptorLimit.prepare()
            try watchSignals(isService) { signal in
                stop.withLock { $0 = signal }
                running.withLock { $0 }?.cancel()
            }
        } catch {
            exit(report(.failure(error), program) ?? 1)
        }
        ProcessUsage.noteStart()
        let task = Task { @concurrent in
            try await body(try ProgramArguments.all(), Environment.current)
            try StandardOutput.shared.flush()
        }
        running.withLock { $0 = task }
        // A signal that came before there was a task to cancel.
        if stop.withLock({ $0 }) != nil { task.cancel() }
        let result = await task.result
        let status = report(result, program)
        LogOutput.shared.finish()
        // What was cut off by the signal may have failed in any way.
        if let signal = stop.withLock({ $0 }), status != 0 { exit(self.status(of: signal, isService)) }
        exit(status ?? self.status(of: SIGPIPE, isService))
    }

    /// Calls `stop` at the first signal; ends the process at the second one, or when stopping takes too long.
    ///
    /// A handler and a pipe, rather than a dispatch source: the runtime parks the main thread with an empty signal mask,
    /// and a signal that arrives there before the source is armed is lost.
    private static func watchSignals(
        _ isService: Bool, stop: @Sendable @escaping (Int32) -> Void
    ) throws(SystemError) {
        let pipe = try Pipe()
        let code = csystem_watch_signals(pipe.writing, isService ? 1 : 0)
        guard code == 0 else { throw SystemError("watch for signals") }
        let grace = graceMilliseconds
        startThread(name: "signals") {
            var byte: UInt8 = 0
            while read(pipe.reading, &byte, 1) < 1 {}
            stop(Int32(byte))
            var second = pollfd(fd: pipe.reading, events: Int16(POLLIN), revents: 0)
            while poll(&second, 1, grace) < 0 && errno == EINTR {}
            // `_exit`: threads still run, and libraries' exit handlers would pull the floor from under them.
            _exit(isService ? 1 : status(of: Int32(byte), isService))
        }
    }

    /// The exit status for the end of the body, `nil` when that is the end's own reason; errors are told on standard error.
    private static func report(_ result: Result<Void, any Error>, _ program: String) -> Int32? {
        switch result {
        case .success: return 0
        // Stopped by a signal, as asked; or nobody reads the output any more, as in `… | head`.
        case .failure(is CancellationError), .failure(is OutputClosed): return nil
        case .failure(let error as UsageError):
            Notes.tell("\(program): \(error.message); see \(program) --help")
            return 2
        case .failure(let error as CommandUsageError):
            Notes.tell("\(error.command): \(error.message); see \(error.command) --help")
            return 2
        case .failure(let error):
            Notes.tell("\(program): \(error)")
            return 1
        }
    }
}

/// A ``UsageError`` in a command of a program, whose help text is the one to see.
public struct CommandUsageError: Error, Sendable {
    public let command: String
    public let message: String

    public init(command: String, _ error: UsageError) {
        self.command = command
        message = error.message
    }
}
