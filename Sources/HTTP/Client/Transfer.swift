internal import Platform
internal import Synchronization

/// One request on its way: what the caller's task and the transfer's thread share.
final class Transfer: Sendable {
    typealias Outcome = Result<HTTPClient.Response, any Error>
    private typealias Continuation = CheckedContinuation<Outcome, Never>

    /// What kind of answer is expected, which decides thread and buffers.
    enum Kind {
        case message, bulk, feed
    }

    private enum State {
        case created
        case waiting(Continuation)
        case running(Continuation, Transport)
        case done
    }

    /// What a cancellation met.
    enum Cancellation {
        case wasWaiting, other
    }

    let request: HTTPClient.Request
    let kind: Kind
    /// Called on the transfer's thread; the sink stays there.
    let makeSink: @Sendable () -> any TransferSink
    /// Asked between pieces, so that a fast sender cannot put the end off.
    let cancelled = Flag()
    /// When the whole call has to be over.
    let deadline: SteadyInstant?
    let clock: any SteadyClock
    let idleTimeout: Duration
    private let state = Locked(State.created)

    init(
        _ request: HTTPClient.Request, _ kind: Kind, _ configuration: HTTPClient.Configuration,
        makeSink: @Sendable @escaping () -> any TransferSink
    ) {
        let clock = request.clock ?? configuration.clock
        self.clock = clock
        idleTimeout = request.idleTimeout ?? configuration.idleTimeout
        self.request = request
        self.kind = kind
        self.makeSink = makeSink
        deadline = request.totalTimeout.map { clock.now + $0 }
    }

    /// Calls `start` and waits for the outcome.
    func outcome(start: () -> Void) async -> Outcome {
        await withCheckedContinuation { continuation in
            let isCancelled = state.withLock { state in
                guard case .created = state else { return true }
                state = .waiting(continuation)
                return false
            }
            guard isCancelled else { return start() }
            continuation.resume(returning: cancellation)
        }
    }

    /// Marks the transfer as running; false when it was cancelled before.
    func begin(on transport: Transport) -> Bool {
        state.withLock { state in
            guard case .waiting(let continuation) = state else { return false }
            state = .running(continuation, transport)
            return true
        }
    }

    /// Gives the caller the outcome, unless it was cancelled before the transfer began.
    func finish(_ outcome: Outcome) {
        let continuation = state.withLock { state in
            defer { state = .done }
            switch state {
            case .waiting(let continuation), .running(let continuation, _): return Optional(continuation)
            case .created, .done: return nil
            }
        }
        continuation?.resume(returning: outcome)
    }

    /// Ends the call: at once if it did not begin, otherwise as soon as the transfer's thread has woken.
    func cancel() -> Cancellation {
        cancelled.set()
        let (continuation, transport, result): (Continuation?, Transport?, Cancellation) = state.withLock { state in
            switch state {
            case .created:
                state = .done
                return (nil, nil, .other)
            case .waiting(let continuation):
                state = .done
                return (continuation, nil, .wasWaiting)
            case .running(_, let transport): return (nil, transport, .other)
            case .done: return (nil, nil, .other)
            }
        }
        transport?.wake()
        continuation?.resume(returning: cancellation)
        return result
    }

    private var cancellation: Outcome { .failure(HTTPError(.cancelled, "\(request.name): cancelled")) }
}
