internal import Platform

/// What a batch of the kernel's events asks to be done.
struct FolderChanges {
    /// Files to look at: moved here, or gone.
    private(set) var files: Set<RelativePath> = []
    /// Files that a writer has closed.
    private(set) var closed: Set<RelativePath> = []
    /// Files that may be in the hands of a writer.
    private(set) var written: Set<RelativePath> = []
    /// Files that appeared or whose attributes changed: whether somebody writes to them must be asked.
    private(set) var doubtful: Set<RelativePath> = []
    /// Folders that came, went or moved.
    private(set) var trees: Set<RelativePath> = []
    /// Files that were renamed, by their new paths.
    private(set) var origins: [RelativePath: RelativePath] = [:]
    /// Events were lost.
    private(set) var isOverflow = false
    /// The published folder itself was removed or moved.
    private(set) var isRootAffected = false
    /// Something appeared to which a dangling link may lead.
    private(set) var mayMendLinks = false
    /// Something came, went or moved that is not published itself, but links may lead to it.
    private(set) var isHiddenPartAffected = false
    private var departures: [UInt32: RelativePath] = [:]

    /// Takes the events in; of a file the last one counts.
    mutating func add(_ events: [INotify.Event], _ table: inout WatchTable) {
        for event in events {
            if event.kinds.contains(.overflow) {
                isOverflow = true
                continue
            }
            for folder in table.paths(of: event.watch) {
                if event.kinds.contains(.unmounted) { trees.insert(folder) } else { add(event, in: folder) }
            }
            if event.kinds.contains(.ended) { table.removeWatch(event.watch) }
        }
    }

    /// Adds for each file the name that it has if it is a packed one.
    mutating func addUnpackedNames() {
        func both(_ paths: Set<RelativePath>) -> Set<RelativePath> { paths.union(paths.compactMap(\.unpacked)) }
        files = both(files)
        closed = both(closed)
        written = both(written)
        // A folder is not hidden by a packed file.
        doubtful = both(doubtful.union(trees.map(\.packed)))
        for (path, origin) in origins {
            if let name = path.unpacked, let origin = origin.unpacked { origins[name] = origin }
        }
    }

    private mutating func add(_ event: INotify.Event, in folder: RelativePath) {
        if event.name.isEmpty {
            let isGone = !event.kinds.isDisjoint(with: [.folderDeleted, .folderMoved])
            if folder == .root && isGone { isRootAffected = true }
            return
        }
        if SkippedNames.contains(event.name) {
            let comesOrGoes = !event.kinds.isDisjoint(with: [.created, .deleted, .movedAway, .movedHere])
            if comesOrGoes { isHiddenPartAffected = true }
            return
        }
        let path = folder.appending(event.name)
        if event.kinds.contains(.isFolder) {
            trees.insert(path)
            mayMendLinks = true
            return
        }
        addFile(path, event)
    }

    private mutating func addFile(_ path: RelativePath, _ event: INotify.Event) {
        if event.kinds.contains(.modified) {
            written.insert(path)
            return
        }
        if !event.kinds.isDisjoint(with: [.created, .attributesChanged]) {
            if !files.contains(path) || event.kinds.contains(.created) { doubtful.insert(path) }
            if event.kinds.contains(.created) {
                files.remove(path)
                closed.remove(path)
                mayMendLinks = true
            }
            return
        }
        written.remove(path)
        doubtful.remove(path)
        if event.kinds.contains(.closedAfterWriting) {
            closed.insert(path)
            return
        }
        files.insert(path)
        closed.remove(path)
        if event.kinds.contains(.movedAway) { departures[event.cookie] = path }
        if event.kinds.contains(.movedHere) {
            origins[path] = departures[event.cookie]
            mayMendLinks = true
        }
    }
}
