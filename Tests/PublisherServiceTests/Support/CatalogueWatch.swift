import Catalogue
import HTTP
import Platform
import Synchronization
import TestSupport

/// Follows a broker's feed: what a subscriber would know.
final class CatalogueWatch: Sendable {
    struct View: Sendable {
        var datasets: [DatasetPath: Dataset] = [:]
        /// All changes in their order; nil for a withdrawal.
        var history: [(path: DatasetPath, dataset: Dataset?)] = []
        var group: Group?
        /// Lines of the feed that came.
        var lines = 0

        subscript(_ relative: String) -> Dataset? { datasets[Self.path(relative)] }
        var count: Int { datasets.count }
        var names: [String] { datasets.keys.map(\.relative).sorted() }
        func history(of relative: String) -> [Dataset?] {
            history.filter { $0.path == Self.path(relative) }.map(\.dataset)
        }

        private static func path(_ relative: String) -> DatasetPath { try! DatasetPath("foo/" + relative) }
    }

    private struct Waiter {
        let id: UInt64
        let condition: @Sendable (View) -> Bool
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var view = View()
        var waiters: [Waiter] = []
        var nextId: UInt64 = 0
    }

    private let state = Locked(State())

    var view: View { state.withLock { $0.view } }

    /// Follows until the task is cancelled, through the broker's restarts.
    func run(_ url: String) async {
        let client = HTTPClient(.init(idleTimeout: Patience.limit))
        while !Task.isCancelled {
            let request = HTTPClient.Request(
                url: url + "/api/datasets", headers: ["Accept": "application/x-ndjson"])
            let position = Locked<(Epoch, Revision)?>(nil)
            do {
                try await client.lines(request, onHead: { _ in }) { line in
                    if case .bookmark(let revision, let epoch, _, _) = try self.take(line) {
                        position.withLock { $0 = (epoch, revision) }
                    }
                }
                guard let (epoch, revision) = position.withLock({ $0 }) else { continue }
                try await client.lines(
                    HTTPClient.Request(url: url + "/api/changes?epoch=\(epoch)&after=\(revision)"), onHead: { _ in }
                ) { _ = try self.take($0) }
            } catch {
                // The broker is away: once more, until the test ends.
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    private func take(_ bytes: RawSpan) throws -> FeedLine {
        let line = try FeedLine(line: SharedBytes(copying: bytes).array)
        update { view in
            view.lines += 1
            switch line {
            case .change(_, .put(let dataset)):
                if view.datasets[dataset.path] != dataset { view.history.append((dataset.path, dataset)) }
                view.datasets[dataset.path] = dataset
            case .change(_, .delete(let path)):
                if view.datasets.removeValue(forKey: path) != nil { view.history.append((path, nil)) }
            case .change(_, .group(let group)): view.group = group
            case .bookmark, .kept, .end: break
            }
        }
        return line
    }

    private func update(_ change: (inout View) -> Void) {
        let met: [CheckedContinuation<Bool, Never>] = state.withLock { state in
            change(&state.view)
            let view = state.view
            let met = state.waiters.filter { $0.condition(view) }
            state.waiters.removeAll { waiter in met.contains { $0.id == waiter.id } }
            return met.map(\.continuation)
        }
        for continuation in met { continuation.resume(returning: true) }
    }

    /// Waits for a state of the catalogue.
    @discardableResult
    func until(
        _ what: String, within limit: Duration = Patience.limit, _ condition: @escaping @Sendable (View) -> Bool
    ) async throws -> View {
        let id = state.withLock { state in
            state.nextId += 1
            return state.nextId
        }
        let timeout = Task {
            try await Task.sleep(for: limit)
            let waiter = state.withLock { state in
                defer { state.waiters.removeAll { $0.id == id } }
                return state.waiters.first { $0.id == id }
            }
            waiter?.continuation.resume(returning: false)
        }
        defer { timeout.cancel() }
        let isMet = await withCheckedContinuation { continuation in
            let isMet = state.withLock { state in
                if condition(state.view) { return true }
                state.waiters.append(Waiter(id: id, condition: condition, continuation: continuation))
                return false
            }
            if isMet { continuation.resume(returning: true) }
        }
        guard isMet else { throw TestFailure("\(what): not within \(limit); the catalogue has \(view.names)") }
        return view
    }
}
