import HTTP
import Platform
import Synchronization
import Testing

/// The code of the ``HTTPError`` that `body` throws.
func codeThrown<Result>(
    sourceLocation: SourceLocation = #_sourceLocation, by body: () async throws -> Result
) async -> HTTPError.Code? {
    await errorThrown(sourceLocation: sourceLocation, by: body)?.code
}

/// The ``HTTPError`` that `body` throws.
func errorThrown<Result>(
    sourceLocation: SourceLocation = #_sourceLocation, by body: () async throws -> Result
) async -> HTTPError? {
    do {
        _ = try await body()
        Issue.record("no error was thrown", sourceLocation: sourceLocation)
        return nil
    } catch let error as HTTPError {
        return error
    } catch {
        Issue.record("unexpected: \(error)", sourceLocation: sourceLocation)
        return nil
    }
}

/// Something that happens once and that a test waits for.
final class Event: Sendable {
    private struct State {
        var hasHappened = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Locked(State())

    func happen() {
        let waiting = state.withLock { state in
            state.hasHappened = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let hasHappened = state.withLock { state in
                if !state.hasHappened { state.waiting.append(continuation) }
                return state.hasHappened
            }
            if hasHappened { continuation.resume() }
        }
    }
}

/// What callbacks on other threads have left.
final class Notes<Note: Sendable>: Sendable {
    private let notes = Locked<[Note]>([])
    var all: [Note] { notes.withLock { $0 } }
    func add(_ note: Note) { notes.withLock { $0.append(note) } }
}

extension RawSpan {
    var text: String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
}
