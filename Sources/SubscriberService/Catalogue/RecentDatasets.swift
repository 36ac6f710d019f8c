import Catalogue
import Digests
import Platform
import Synchronization

/// Datasets that were asked for a short while ago, as they were decoded: reading many parts of one does not parse its line
/// of the catalogue again and again.
final class RecentDatasets: Sendable {
    private static let countLimit = 4096
    /// Longer lines are decoded each time, so that what is kept stays small.
    private static let lineLimit = 8 << 10

    private struct Decoded {
        let digest: Digest
        let dataset: Dataset
    }

    private let table = Locked(RecentCache<DatasetPath, Decoded>(costLimit: countLimit))

    /// What the entry's line says, if it is still here.
    func dataset(_ path: DatasetPath, _ entry: CatalogueState.Entry) -> Dataset? {
        guard let known = table.withLock({ $0.use(path) }), known.digest == entry.digest else { return nil }
        return known.dataset
    }

    /// Decodes the line of a dataset; `nil` when it is none.
    ///
    /// - Parameter isKept: whether it is likely to be asked for again.
    func decode(_ path: DatasetPath, _ said: CatalogueCopy.Said, isKept: Bool) -> Dataset? {
        let line = said.line
        guard case .change(_, .put(let dataset))? = try? FeedLine(line: line) else { return nil }
        if isKept, line.count <= Self.lineLimit {
            let decoded = Decoded(digest: said.entry.digest, dataset: dataset)
            table.withLock { $0.keep(decoded, for: path) }
        }
        return dataset
    }
}
