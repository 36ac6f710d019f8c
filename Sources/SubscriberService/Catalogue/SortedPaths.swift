import Catalogue

/// The catalogue's paths in the order of their bytes, in which all that is in a folder stands together.
///
/// A copy costs nothing, and a change to one that has been copied some thousand references; a search costs some twenty
/// comparisons for a million paths.
struct SortedPaths: Sendable {
    private static let blockLimit = 512

    /// Sorted, and none is empty.
    private var blocks: [[DatasetPath]] = []
    private(set) var count = 0

    mutating func insert(_ path: DatasetPath) {
        count += 1
        guard let last = blocks.last?.last, path < last else { return append(path) }
        let place = index(of: path)
        if blocks[place.block].count < Self.blockLimit {
            blocks[place.block].insert(path, at: place.offset)
            return
        }
        let half = Self.blockLimit / 2
        blocks.insert(Array(blocks[place.block][half...]), at: place.block + 1)
        blocks[place.block].removeLast(Self.blockLimit - half)
        let isInFirst = place.offset <= half
        blocks[isInFirst ? place.block : place.block + 1].insert(
            path, at: isInFirst ? place.offset : place.offset - half)
    }

    private mutating func append(_ path: DatasetPath) {
        if let last = blocks.indices.last, blocks[last].count < Self.blockLimit {
            blocks[last].append(path)
        } else {
            blocks.append([path])
        }
    }

    /// Takes out a path that is there.
    mutating func remove(_ path: DatasetPath) {
        let place = index(of: path)
        guard place < endIndex, self[place] == path else { return }
        count -= 1
        blocks[place.block].remove(at: place.offset)
        if blocks[place.block].isEmpty { blocks.remove(at: place.block) }
    }

    // MARK: Searching

    /// The first place whose path is not before `path`.
    private func index(of path: DatasetPath) -> Index { index { $0 < path } }

    /// The first place behind all whose paths are `isBefore`.
    private func index(_ isBefore: (DatasetPath) -> Bool) -> Index {
        // Only the last block's last path may be before.
        let block = blocks.partitioningIndex { !isBefore($0[$0.count - 1]) }
        guard block < blocks.count else { return endIndex }
        return Index(block: block, offset: blocks[block].partitioningIndex { !isBefore($0) })
    }

    /// What begins with `prefix`.
    func range(of prefix: String) -> Range<Index> {
        let bytes = Array(prefix.utf8)
        return index { $0.text.utf8.lexicographicallyPrecedes(bytes) }..<end(of: bytes)
    }

    private func end(of prefix: [UInt8]) -> Index {
        index { $0.text.utf8.lexicographicallyPrecedes(prefix) || $0.text.utf8.starts(with: prefix) }
    }
}

extension SortedPaths: BidirectionalCollection {
    struct Index: Comparable, Sendable {
        fileprivate let block: Int
        fileprivate let offset: Int

        static func < (a: Index, b: Index) -> Bool { (a.block, a.offset) < (b.block, b.offset) }
    }

    var startIndex: Index { Index(block: 0, offset: 0) }
    var endIndex: Index { Index(block: blocks.count, offset: 0) }
    subscript(index: Index) -> DatasetPath { blocks[index.block][index.offset] }

    func index(after index: Index) -> Index {
        index.offset + 1 < blocks[index.block].count
            ? Index(block: index.block, offset: index.offset + 1) : Index(block: index.block + 1, offset: 0)
    }

    func index(before index: Index) -> Index {
        index.offset > 0
            ? Index(block: index.block, offset: index.offset - 1)
            : Index(block: index.block - 1, offset: blocks[index.block - 1].count - 1)
    }

    /// Cost: a look at each block between.
    func index(_ index: Index, offsetBy distance: Int, limitedBy limit: Index) -> Index? {
        precondition(distance >= 0, "paths are walked forwards")
        var (block, offset) = (index.block, index.offset + distance)
        while block < blocks.count, offset >= blocks[block].count {
            offset -= blocks[block].count
            block += 1
        }
        if block == blocks.count, offset > 0 { return nil }
        let end = Index(block: block, offset: offset)
        return end > limit ? nil : end
    }

    /// Cost: a look at each block between, of some hundred paths.
    func distance(from start: Index, to end: Index) -> Int {
        guard start <= end else { return -distance(from: end, to: start) }
        return blocks[start.block..<end.block].reduce(end.offset - start.offset) { $0 + $1.count }
    }
}

// MARK: - Folders

extension SortedPaths {
    struct Folder {
        let name: Substring
        let count: Int
    }

    /// The folders and datasets that are in a folder itself. Cost: a search for each folder, whatever is in it.
    ///
    /// - Parameter prefix: the folder's path with a slash at its end.
    func children(of prefix: String) -> (folders: [Folder], datasets: [Index]) {
        let range = range(of: prefix)
        var folders: [Folder] = [], datasets: [Index] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let rest = self[index].text.utf8.dropFirst(prefix.utf8.count)
            guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else {
                datasets.append(index)
                index = self.index(after: index)
                continue
            }
            let name = Substring(rest[..<slash])
            let end = end(of: Array("\(prefix)\(name)/".utf8))
            folders.append(Folder(name: name, count: distance(from: index, to: end)))
            index = end
        }
        return (folders, datasets)
    }

    /// Up to `limit` paths of `range` that stand next to where `text` would, half of them before it.
    func around(_ text: String, in range: Range<Index>, limit: Int) -> [DatasetPath] {
        let bytes = Array(text.utf8)
        let place = index { $0.text.utf8.lexicographicallyPrecedes(bytes) }
        let middle = Swift.min(Swift.max(place, range.lowerBound), range.upperBound)
        var low = middle, high = middle
        var found: [DatasetPath] = []
        while found.count < limit / 2, low > range.lowerBound {
            low = index(before: low)
            found.append(self[low])
        }
        while found.count < limit, high < range.upperBound {
            found.append(self[high])
            high = index(after: high)
        }
        return found
    }

    /// How names that begin with `text` go on, up to the next slash. Cost: a search for each, whatever is in the folders.
    func completions(of text: String, limit: Int) -> [String] {
        let range = range(of: text), length = text.utf8.count
        var found: [String] = []
        var index = range.lowerBound
        while index < range.upperBound, found.count < limit {
            let bytes = self[index].text.utf8
            guard let slash = bytes.dropFirst(length).firstIndex(of: UInt8(ascii: "/")) else {
                found.append(self[index].text)
                index = self.index(after: index)
                continue
            }
            let folder = Array(bytes[...slash])
            found.append(String(decoding: folder, as: UTF8.self))
            index = end(of: folder)
        }
        return found
    }

    /// The datasets in `range` whose path has `text` somewhere behind the first `skipped` bytes, small and capital letters
    /// of ASCII being equal. Cost: it looks at every path.
    func matches(_ text: String, in range: Range<Index>, behind skipped: Int) -> [Index] {
        let wanted = text.utf8.map(Self.folded)
        var found: [Index] = []
        var index = range.lowerBound
        while index < range.upperBound {
            if Self.contains(self[index].text.utf8.dropFirst(skipped), wanted) { found.append(index) }
            index = self.index(after: index)
        }
        return found
    }

    private static func contains(_ text: Substring.UTF8View, _ wanted: [UInt8]) -> Bool {
        var start = text.startIndex
        while let found = text[start...].firstIndex(where: { folded($0) == wanted.first }) {
            let rest = text[found...]
            if rest.count < wanted.count { return false }
            if zip(rest, wanted).allSatisfy({ folded($0) == $1 }) { return true }
            start = text.index(after: found)
        }
        return wanted.isEmpty
    }

    private static func folded(_ byte: UInt8) -> UInt8 { 65...90 ~= byte ? byte | 32 : byte }
}

extension Array {
    /// The first index from which on `isBehind` holds, in an array that is sorted by it.
    fileprivate func partitioningIndex(_ isBehind: (Element) -> Bool) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
