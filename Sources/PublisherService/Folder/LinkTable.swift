/// The symbolic links in the published folder, and what they lead to.
struct LinkTable {
    /// To files; a change of the target is a change of the link.
    private(set) var files: [RelativePath: RelativePath] = [:]
    private(set) var folders: [RelativePath: RelativePath] = [:]
    /// To nothing, or to what could not be told.
    private(set) var dangling: Set<RelativePath> = []

    var isEmpty: Bool { files.isEmpty && folders.isEmpty && dangling.isEmpty }
    var all: [RelativePath] { Array(files.keys) + Array(folders.keys) + Array(dangling) }

    mutating func addFile(_ path: RelativePath, target: RelativePath) { files[path] = target }
    mutating func addFolder(_ path: RelativePath, target: RelativePath) { folders[path] = target }
    mutating func addDangling(_ path: RelativePath) { dangling.insert(path) }

    mutating func remove(_ path: RelativePath) {
        files[path] = nil
        folders[path] = nil
        dangling.remove(path)
    }

    mutating func remove(inside trees: [RelativePath]) {
        guard !isEmpty else { return }
        for path in all where trees.contains(where: path.isInside) { remove(path) }
    }

    mutating func merge(_ other: LinkTable) {
        files.merge(other.files) { $1 }
        folders.merge(other.folders) { $1 }
        dangling.formUnion(other.dangling)
    }

    func isBelowFolderLink(_ path: RelativePath) -> Bool {
        folders.keys.contains { path != $0 && path.isInside($0) }
    }

    /// The links to files that a change at `path` concerns.
    func links(to path: RelativePath) -> [RelativePath] {
        files.isEmpty ? [] : files.filter { $0.value.isInside(path) }.map(\.key)
    }
}
