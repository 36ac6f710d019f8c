internal import Platform
internal import Synchronization

/// The files of which the broker has something to hear: only their names, for what is to be said is said when it is sent.
///
/// One consumer; what is asked for several times is said once.
final class AnnouncementQueue: Sendable {
    private struct State {
        var paths: Set<RelativePath> = []
        /// Files that are being looked at: what to say of them is known afterwards.
        var deferred: Set<RelativePath> = []
        /// Without a lease nothing is collected: the first thing done with a lease is to compare all.
        var isCollecting = false
    }

    private let state = Locked(State())
    private let signal = Signal()

    /// How many wait.
    var count: Int { state.withLock { $0.paths.count + $0.deferred.count } }

    func add(_ paths: some Sequence<RelativePath>) { update { $0.paths.formUnion(paths) } }

    /// These files were looked at.
    func finish(_ paths: some Sequence<RelativePath>) {
        update { state in
            guard !state.deferred.isEmpty else { return }
            for path in paths where state.deferred.remove(path) != nil { state.paths.insert(path) }
        }
    }

    /// Adds files, those that are being looked at when that is done.
    func add(_ paths: Set<RelativePath>, isPending: (RelativePath) -> Bool) {
        // In this order: whoever finishes between the two finds the file among the deferred.
        state.withLock { $0.deferred.formUnion(paths) }
        finish(paths.filter { !isPending($0) })
    }

    private func update(_ change: (inout sending State) -> Void) {
        let isNews = state.withLock { state in
            guard state.isCollecting else { return false }
            let count = state.paths.count
            change(&state)
            return state.paths.count > count
        }
        if isNews { signal.raise() }
    }

    func start() {
        state.withLock { state in
            state = State(isCollecting: true)
        }
    }

    func stop() { state.withLock { $0 = State() } }

    /// Takes out up to `limit` files; waits until there is one. Empty when the task is cancelled.
    func next(limit: Int) async -> [RelativePath] {
        while !Task.isCancelled {
            let paths = take(limit)
            if !paths.isEmpty { return paths }
            await signal.wait()
        }
        return []
    }

    private func take(_ limit: Int) -> [RelativePath] {
        state.withLock { state in
            if state.paths.count <= limit {
                defer { state.paths = [] }
                return Array(state.paths)
            }
            let taken = Array(state.paths.prefix(limit))
            state.paths.subtract(taken)
            return taken
        }
    }
}
