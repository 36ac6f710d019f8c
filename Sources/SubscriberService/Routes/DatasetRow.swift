import Catalogue

/// A dataset in a listing, and what is held of it here.
struct DatasetRow: Encodable {
    let dataset: Dataset
    let held: Int64
    let complete: Bool
    let followed: Bool
    /// For how many seconds it has not been known to be current, because the present broker has not been told of it.
    let stale: Double?
}

extension MirrorKeeper {
    /// The datasets of `paths` that exist, in that order. Blocks. Cost: reads and decodes each.
    func rows(of paths: [DatasetPath]) throws -> [DatasetRow] {
        let followed = followed, hasKept = !copy.keptGroups.isEmpty
        return zip(paths, try copy.datasets(paths)).compactMap { path, dataset in
            guard let dataset else { return nil }
            let summary = library.summary(dataset.version)
            return DatasetRow(
                dataset: dataset, held: summary?.held ?? 0, complete: summary?.isComplete ?? false,
                followed: followed.cover(path),
                stale: hasKept && copy.entry(path)?.isKept == true ? copy.keptSeconds(path.group) : nil)
        }
    }
}
