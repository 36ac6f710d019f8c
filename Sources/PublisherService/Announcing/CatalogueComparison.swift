internal import Catalogue
internal import Digests
internal import Platform
internal import Synchronization

/// Finds what the broker's catalogue says otherwise than the publisher.
///
/// A dataset is written as JSON once, here, and the broker's lines carry the same bytes: nearly all lines are compared
/// by a digest, and only those that differ are read.
final class CatalogueComparison: Sendable {
    private struct State {
        /// The publisher's datasets of which the broker has not shown the like.
        var own: [Digest: RelativePath] = [:]
        /// Those that the broker says otherwise, or should not have.
        var other: Set<RelativePath> = []
        var announced: UInt64?
    }

    private let group: GroupName
    private let state = Locked(State())

    init(group: GroupName) { self.group = group }

    /// One of the publisher's datasets, as JSON.
    func addOwn(_ path: RelativePath, _ dataset: [UInt8]) {
        let digest = Self.digest(dataset[...])
        state.withLock { $0.own[digest] = path }
    }

    /// A line of the broker's listing.
    func addLine(_ line: [UInt8]) throws {
        if let dataset = FeedLine.dataset(in: line) {
            let digest = Self.digest(dataset)
            if state.withLock({ $0.own.removeValue(forKey: digest) }) != nil { return }
        }
        switch try FeedLine(line: line) {
        case .change(_, .put(let dataset)) where dataset.path.group == group.text:
            let path = RelativePath(dataset.path.relative)
            state.withLock { _ = $0.other.insert(path) }
        case .change(_, .group(let known)) where known.name == group.text:
            state.withLock { $0.announced = known.announced }
        default: break
        }
    }

    /// ``Group/announced``, as the broker has it.
    var announced: UInt64? { state.withLock { $0.announced } }

    /// The files of which the broker must hear, after the last line.
    var differences: Set<RelativePath> { state.withLock { $0.other.union($0.own.values) } }

    private static func digest(_ bytes: ArraySlice<UInt8>) -> Digest {
        let hasher = SHA256()
        hasher.update(Array(bytes))
        return hasher.finish()
    }
}
