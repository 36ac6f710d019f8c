import Catalogue
import Digests
import Platform
import Storage
import Synchronization

/// What the feed said of each dataset, from the disk or from what it does not have yet. What is said to block must be called
/// where that is allowed.
extension CatalogueCopy {
    /// Lines that are read from the disk at once.
    static let pageLimit = 1000

    typealias Said = (entry: CatalogueState.Entry, line: [UInt8])

    /// A dataset as it was announced. Blocks, unless it was asked for a short while ago.
    func dataset(_ path: DatasetPath) throws -> Dataset? { try datasets([path])[0] }

    /// The same, without blocking whoever asks.
    func dataset(_ path: DatasetPath, on pool: BlockingPool) async throws -> Dataset? {
        guard let entry = entry(path) else { return nil }
        if let known = recent.dataset(path, entry) { return known }
        return try await pool.run { [self] in try dataset(path) }
    }

    /// Some datasets, in the order of `paths`; `nil` for what does not exist. Blocks.
    func datasets(_ paths: [DatasetPath]) throws -> [Dataset?] {
        var found = paths.map { path in entry(path).flatMap { recent.dataset(path, $0) } }
        let missing = paths.indices.filter { found[$0] == nil }
        let isKept = missing.count <= Self.pageLimit
        for start in stride(from: 0, to: missing.count, by: Self.pageLimit) {
            let page = missing[start..<min(start + Self.pageLimit, missing.count)]
            for (index, said) in zip(page, try lines(of: page.map { paths[$0] })) {
                if let said { found[index] = recent.decode(paths[index], said, isKept: isKept) }
            }
        }
        return found
    }

    /// The current lines of some datasets, in the order of `paths`; `nil` for what does not exist. Blocks.
    ///
    /// - Throws: `StorageError` when the disk does not have what was written there.
    func lines(of paths: [DatasetPath]) throws -> [Said?] {
        var found = [Said?](repeating: nil, count: paths.count)
        var missing = Array(paths.indices)
        // Between a look into memory and one at the disk there may be a change: then it is in memory at the next look, or
        // on disk.
        for _ in 0..<100 where !missing.isEmpty {
            var onDisk: [(index: Int, entry: CatalogueState.Entry)] = []
            shared.withLock { shared in
                for index in missing {
                    guard let entry = shared.state.datasets[paths[index]] else { continue }
                    if case .some(.some(let row)) = shared.unsaved[paths[index]] {
                        found[index] = (entry, row.line)
                    } else {
                        onDisk.append((index, entry))
                    }
                }
            }
            missing = []
            for (place, line) in zip(onDisk, try store.lines(of: onDisk.map { paths[$0.index] })) {
                if let line, StateDigest.entry(line: line) == place.entry.digest {
                    found[place.index] = (place.entry, line)
                } else {
                    missing.append(place.index)
                }
            }
        }
        if let index = missing.first { throw damaged(paths[index]) }
        return found
    }

    private func damaged(_ path: DatasetPath) -> StorageError {
        StorageError(
            .corrupt,
            "\(store.database.path) does not have what was written of \(path): stop the subscriber, remove that file, and "
                + "start it again; the catalogue is then listed anew, and files that are followed are fetched again")
    }

    // MARK: For watchers of this subscriber

    /// What a listing consists of, in the order of revisions.
    enum Listed: Sendable {
        /// With its line, also of one that is kept.
        case group(String, line: [UInt8])
        case dataset(DatasetPath)
    }

    /// The groups and datasets that `isWanted` lets through, and the bookmark that goes with them; `nil` before the first
    /// listing. Cost: a look at every dataset.
    ///
    /// - Parameter withKept: also what the present log has not told of.
    func listing(withKept: Bool = false, _ isWanted: (String) -> Bool) -> (listed: [Listed], bookmark: Bookmark)? {
        guard let bookmark = bookmark() else { return nil }
        // What changes from here on is told after the bookmark, once more.
        let groups = shared.withLock { Array($0.state.groups.values) }
        var found = groups.filter { isWanted($0.group.name) && (withKept || !$0.isKept) }.map { entry in
            (entry.revision, Listed.group(entry.group.name, line: entry.isKept ? keptLine(entry) : entry.line))
        }
        walk { path, entry in
            if withKept || !entry.isKept, isWanted(path.text) { found.append((entry.revision, .dataset(path))) }
        }
        return (found.sorted { $0.0 < $1.0 }.map(\.1), bookmark)
    }

    private func keptLine(_ entry: CatalogueState.GroupEntry) -> [UInt8] {
        keptLine(.group(entry.group), entry.revision)
    }

    /// How the next subscriber is told of what is kept here.
    private func keptLine(_ change: Change, _ revision: Revision) -> [UInt8] {
        let name = change.groupName
        let beyond = shared.withLock { $0.state.kept[name]?.beyond } ?? 0
        let kept = FeedLine.Kept(revision: revision, change: change, beyond: beyond, stale: keptSeconds(name) ?? 0)
        return FeedLine.kept(kept).encoded
    }

    /// Looks at every dataset there is, some thousand at a time: changes, and those who read, go on meanwhile.
    private func walk(_ body: (DatasetPath, CatalogueState.Entry) -> Void) {
        let paths = paths
        var index = paths.startIndex
        while index < paths.endIndex {
            let end = paths.index(index, offsetBy: 4096, limitedBy: paths.endIndex) ?? paths.endIndex
            let entries = shared.withLock { shared in paths[index..<end].map { shared.state.datasets[$0] } }
            for (path, entry) in zip(paths[index..<end], entries) { if let entry { body(path, entry) } }
            index = end
        }
    }

    /// A part of a listing as it is now: its keys and lines, without those of groups when what is kept is not `told` as such.
    /// Blocks.
    func lines(of listed: some Collection<Listed>, areTold: Bool) throws -> [(key: String, line: [UInt8])] {
        let paths = listed.compactMap { if case .dataset(let path) = $0 { path } else { nil } }
        var said = try lines(of: paths).makeIterator()
        return listed.compactMap { item in
            switch item {
            case .group(let name, let line): return areTold ? (name, line) : nil
            case .dataset(let path):
                guard let said = said.next() ?? nil else { return nil }
                return (path.text, areTold ? told(said) : said.line)
            }
        }
    }

    private func told(_ said: Said) -> [UInt8] {
        guard said.entry.isKept, case .change(let revision, let change)? = try? FeedLine(line: said.line) else {
            return said.line
        }
        return keptLine(change, revision)
    }

    /// The lines behind `revision`, by revision, at most about `limit` bytes; `nil` when the copy does not reach back.
    /// Blocks. Cost: a look at what has happened since.
    func page(
        after revision: Revision, limit: Int, _ isWanted: (String) -> Bool
    ) throws -> (lines: [[UInt8]], revision: Revision)? {
        guard let (small, position) = smallChanges(after: revision, isWanted) else { return nil }
        // As after a restart, when all who watch come again.
        if revision == position { return ([], position) }
        let (datasets, reached) = datasetChanges(after: revision, through: position, limit: limit, isWanted)
        let found = (small.filter { $0.revision <= reached } + datasets).sorted { $0.revision < $1.revision }
        var end = found.count, size = 0
        for (index, change) in found.enumerated() {
            size += change.size
            if size > limit {
                end = index + 1
                break
            }
        }
        let page = found[..<end]
        let paths = page.compactMap { if case .dataset(let path) = $0.what { path } else { nil } }
        var said = try lines(of: paths).makeIterator()
        let lines = page.compactMap { change -> [UInt8]? in
            switch change.what {
            case .line(let line): return line
            case .dataset:
                // What has changed again meanwhile comes in its place.
                guard let said = said.next() ?? nil, said.entry.revision == change.revision else { return nil }
                return said.line
            }
        }
        return (lines, end < found.count ? page[end - 1].revision : reached)
    }

    private struct Happened {
        enum What {
            case line([UInt8])
            case dataset(DatasetPath)
        }
        let revision: Revision
        let what: What
        let size: Int
    }

    /// The datasets that were announced since, by revision, about `limit` bytes of lines, and up to where these are all. Changes,
    /// and those who read, go on meanwhile: what changes again is told behind `end`.
    private func datasetChanges(
        after revision: Revision, through end: Revision, limit: Int, _ isWanted: (String) -> Bool
    ) -> (changes: [Happened], reached: Revision) {
        var found: [Happened] = [], size = 0, reached = revision
        while true {
            let some = shared.withLock { $0.state.changed(after: reached, through: end, limit: 1024) }
            if some.isEmpty { return (found, end) }
            for (path, entry) in some {
                reached = entry.revision
                guard !entry.isKept, isWanted(path.text) else { continue }
                found.append(Happened(revision: entry.revision, what: .dataset(path), size: Int(entry.length)))
                size += Int(entry.length)
                if size > limit { return (found, reached) }
            }
        }
    }

    /// What has happened to groups, and what was removed.
    private func smallChanges(
        after revision: Revision, _ isWanted: (String) -> Bool
    ) -> (changes: [Happened], position: Revision)? {
        shared.withLock { shared in
            let state = shared.state
            guard let position = state.position, revision >= state.floor, revision <= position.revision else {
                return nil
            }
            var found: [Happened] = []
            for (key, buried, line) in state.tombstones where buried > revision && isWanted(key) {
                found.append(Happened(revision: buried, what: .line(line), size: line.count))
            }
            for (name, group) in state.groups where !group.isKept && group.revision > revision && isWanted(name) {
                found.append(Happened(revision: group.revision, what: .line(group.line), size: group.line.count))
            }
            return (found, position.revision)
        }
    }
}
