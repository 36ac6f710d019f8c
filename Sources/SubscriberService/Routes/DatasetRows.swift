import Catalogue
import Wire

extension MirrorKeeper {
    /// The datasets of `paths` that exist, in that order. Blocks. Cost: reads and decodes each.
    func rows(of paths: [DatasetPath]) throws -> [ListedDataset] {
        let followed = followed, hasKept = !copy.keptGroups.isEmpty
        return zip(paths, try copy.datasets(paths)).compactMap { path, dataset in
            guard let dataset else { return nil }
            let summary = library.summary(dataset.version)
            return ListedDataset(
                dataset: dataset, held: summary?.held ?? 0, complete: summary?.isComplete ?? false,
                followed: followed.cover(path),
                stale: hasKept && copy.entry(path)?.isKept == true ? copy.keptSeconds(path.group) : nil)
        }
    }
}
