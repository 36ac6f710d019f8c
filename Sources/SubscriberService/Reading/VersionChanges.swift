import Catalogue
import Platform
import Synchronization

/// Lets a reader whose version is gone wait for the one that has taken its place: the publisher may know of it before the
/// catalogue here does.
final class VersionChanges: Sendable {
    private let copy: CatalogueCopy
    private let waiting = Locked<[DatasetPath: [UInt64: AsyncStream<Void>.Continuation]]>([:])
    private let next = Atomic(UInt64(0))

    init(copy: CatalogueCopy) {
        self.copy = copy
        copy.observe { [weak self] in self?.observe($0) }
    }

    /// Returns when the catalogue has another version of the dataset than `version`, or none, or after `limit`.
    func wait(of path: DatasetPath, from version: Version, within limit: Duration) async {
        let (changes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = next.add(1, ordering: .relaxed).newValue
        waiting.withLock { $0[path, default: [:]][id] = continuation }
        defer {
            waiting.withLock { waiting in
                waiting[path]?[id] = nil
                if waiting[path]?.isEmpty == true { waiting[path] = nil }
            }
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [copy] in
                // What changed before this began to listen is seen here, what changes later is told.
                while copy.entry(path)?.version == version {
                    var iterator = changes.makeAsyncIterator()
                    guard await iterator.next() != nil else { return }
                }
            }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    private func observe(_ effects: [CatalogueState.Effect]) {
        for effect in effects {
            switch effect {
            case .put(let path, _, _, _, _), .removed(let path, _, _), .kept(let path):
                let told = waiting.withLock { $0[path].map { Array($0.values) } ?? [] }
                for continuation in told { continuation.yield() }
            case .group: break
            }
        }
    }
}
