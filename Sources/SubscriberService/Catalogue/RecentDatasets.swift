import Catalogue
import Platform
import Synchronization

/// Datasets that were asked for a short while ago, as they were decoded: reading many parts of one does not parse its line
/// of the catalogue again and again.
final class RecentDatasets: Sendable {
    private static let countLimit = 1024
    /// Longer lines are decoded each time, so that what is kept stays small.
    private static let lineLimit = 8 << 10

    private struct Decoded {
        let revision: Revision
        let dataset: Dataset
    }

    private let table = Locked<[DatasetPath: Decoded]>([:])

    /// What `entry` of the catalogue says; `nil` when it cannot be read.
    func dataset(_ path: DatasetPath, _ entry: CatalogueState.Entry) -> Dataset? {
        if let known = table.withLock({ $0[path] }), known.revision == entry.revision { return known.dataset }
        guard let dataset = entry.dataset else { return nil }
        if entry.line.count <= Self.lineLimit {
            table.withLock { table in
                // All at once: to find the oldest would cost each reader more than it saves.
                if table.count >= Self.countLimit { table.removeAll(keepingCapacity: true) }
                table[path] = Decoded(revision: entry.revision, dataset: dataset)
            }
        }
        return dataset
    }
}

extension CatalogueState.Entry {
    /// Decoded anew; `nil` when the line is none of a dataset.
    var dataset: Dataset? {
        guard case .change(_, .put(let dataset))? = try? FeedLine(line: line) else { return nil }
        return dataset
    }
}
