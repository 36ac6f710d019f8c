import Catalogue

/// The catalogue's paths in the order of their bytes, in which all that is in a folder stands together.
struct SortedPaths {
    let all: [DatasetPath]

    /// What begins with `prefix`.
    func range(of prefix: String) -> Range<Int> {
        let start = index(from: 0) { !$0.utf8.lexicographicallyPrecedes(prefix.utf8) }
        return start..<index(from: start) { !$0.utf8.starts(with: prefix.utf8) }
    }

    struct Folder {
        let name: Substring
        let count: Int
    }

    /// The folders and datasets that are in a folder itself. Cost: a search for each folder, whatever is in it.
    ///
    /// - Parameter prefix: the folder's path with a slash at its end.
    func children(of prefix: String) -> (folders: [Folder], datasets: [Int]) {
        let range = range(of: prefix)
        var folders: [Folder] = [], datasets: [Int] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let rest = all[index].text.utf8.dropFirst(prefix.utf8.count)
            guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else {
                datasets.append(index)
                index += 1
                continue
            }
            let name = Substring(rest[..<slash]), inner = "\(prefix)\(name)/"
            let end = self.index(from: index) { !$0.utf8.starts(with: inner.utf8) }
            folders.append(Folder(name: name, count: end - index))
            index = end
        }
        return (folders, datasets)
    }

    /// The datasets in `range` whose path has `text` somewhere behind the first `skipped` bytes, small and capital letters
    /// of ASCII being equal. Cost: it looks at every path.
    func matches(_ text: String, in range: Range<Int>, behind skipped: Int) -> [Int] {
        let wanted = text.utf8.map(Self.folded)
        return range.filter { Self.contains(all[$0].text.utf8.dropFirst(skipped), wanted) }
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

    /// The first index, not before `start`, behind which all are `isBehind`.
    private func index(from start: Int, _ isBehind: (String) -> Bool) -> Int {
        var low = start, high = all.count
        while low < high {
            let middle = (low + high) / 2
            if isBehind(all[middle].text) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
