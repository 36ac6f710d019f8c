import Catalogue

/// Which datasets have a version: nearly always one.
struct PathsByVersion: Sendable {
    private enum Paths {
        case one(DatasetPath)
        case many(Set<DatasetPath>)
    }

    private var paths: [Version: Paths] = [:]

    /// A dataset that has the version.
    subscript(version: Version) -> DatasetPath? {
        switch paths[version] {
        case nil: nil
        case .one(let path): path
        case .many(let paths): paths.first
        }
    }

    mutating func insert(_ path: DatasetPath, _ version: Version) {
        switch paths[version] {
        case nil: paths[version] = .one(path)
        case .one(path): break
        case .one(let other): paths[version] = .many([other, path])
        case .many(var all):
            // Not copied: the table lets go of it.
            paths[version] = nil
            all.insert(path)
            paths[version] = .many(all)
        }
    }

    mutating func remove(_ path: DatasetPath, _ version: Version) {
        switch paths[version] {
        case .one(path): paths[version] = nil
        case .many(var all):
            paths[version] = nil
            all.remove(path)
            paths[version] = all.isEmpty ? nil : .many(all)
        case nil, .one: break
        }
    }
}
