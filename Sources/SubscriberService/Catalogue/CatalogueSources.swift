import Catalogue
import Platform
import Synchronization

/// Finds sources in the catalogue: the upstream subscriber, if the broker is one, then the group's publisher.
final class CatalogueSources: SourceDirectory {
    private let copy: CatalogueCopy
    private let upstream = Locked<Source?>(nil)
    private let observer = Locked<(@Sendable () -> Void)?>(nil)

    init(copy: CatalogueCopy) { self.copy = copy }

    /// The broker has turned out to be a subscriber, which serves bytes as well; or not.
    func setUpstream(_ url: String?) {
        let isNew = upstream.withLock { upstream in
            defer { upstream = url.map(Source.init) }
            return upstream == nil && url != nil
        }
        if isNew { observer.withLock { $0 }?() }
    }

    /// Has `body` called when there is somebody to ask for every group.
    func observeUpstream(_ body: @Sendable @escaping () -> Void) { observer.withLock { $0 = body } }

    var hasUpstream: Bool { upstream.withLock { $0 != nil } }
    func isOnline(_ group: String) -> Bool { copy.group(group)?.online ?? false }

    func mayAnswer(for path: DatasetPath) -> Bool { hasUpstream || isOnline(path.group) }

    func sources(of path: DatasetPath) -> [Source] {
        let near = upstream.withLock { $0 }
        let publisher = copy.group(path.group)?.urls ?? []
        return (near.map { [$0] } ?? []) + publisher.map { Source(url: $0) }
    }
}
