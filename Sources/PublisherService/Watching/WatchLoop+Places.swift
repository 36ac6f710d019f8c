internal import Platform

extension WatchLoop {
    private func place(_ path: RelativePath) -> FolderPlace? {
        do throws(SystemError) {
            return try FolderPlace(path: path == .root ? folder.path : folder.absolute(path))
        } catch {
            return nil
        }
    }

    /// Looks whether the folder and what is mounted below it are where they were. No event tells of a folder above that is
    /// renamed, of a link that leads elsewhere, of a file system that goes.
    mutating func checkPlaces() {
        state.nextCheck = .now + settings.check
        for path in places.known.keys where !places.isAsSeen(path, place(path)) { state.rescan(path, at: .now) }
    }

    /// Finds out which of the places below `tops` are away, after a walk.
    mutating func judgePlaces(_ tops: [RelativePath], _ result: FolderScanner.Result, mounts: Set<RelativePath>) {
        let known = places.known
        let all = Set(known.keys).union(mounts).union(tops.contains(.root) ? [.root] : [])
        for path in all.sorted() where tops.contains(where: path.isInside) {
            judge(path, known[path], result, isMount: mounts.contains(path))
        }
        noteKinds()
    }

    private mutating func judge(
        _ path: RelativePath, _ known: FolderPlace?, _ result: FolderScanner.Result, isMount: Bool
    ) {
        guard let seen = place(path) else { return away(path, "it is not there", nil) }
        if let known, known.isSame(as: seen) { return present(path, seen, isMount: isMount) }
        // What was published from there.
        let former = files.paths(inside: [path])
        let isOther = known != nil || path != .root || !files.isOn(seen.device)
        guard !former.isEmpty, isOther, !former.contains(where: { result.files[$0] != nil }) else {
            return present(path, seen, isMount: isMount)
        }
        // A link that leads elsewhere now, or a folder that was put there, on the same file system: it is meant.
        let isMeant = path == .root && (isNewTarget || known?.device == seen.device) && !result.files.isEmpty
        if isMeant { return present(path, seen, isMount: isMount) }
        away(path, "another folder is in its place, and none of its files", seen)
    }

    private mutating func away(_ path: RelativePath, _ reason: String, _ seen: FolderPlace?) {
        if files.setAway(path, reason, seen: seen) {
            log.warning(
                "the folder, or a part of it, is away: nothing of it is withdrawn; it is waited for, or remove its files where it is",
                ["folder": folder.absolute(path), "reason": reason])
        }
    }

    private mutating func present(_ path: RelativePath, _ seen: FolderPlace, isMount: Bool) {
        if files.setPresent(path, seen, isMount: isMount) {
            log.info("what was away is there again", ["folder": folder.absolute(path)])
        }
    }

    /// The root cannot be looked at.
    mutating func rootIsAway(_ error: SystemError) {
        away(.root, "\(error)", nil)
        root = nil
        state.findings.trees = []
        // All that is known is announced, whenever the folder comes.
        hasWalkedAll = true
        state.nextRescan = .now + settings.check
    }

    /// Finds file systems that do not tell of all changes.
    private mutating func noteKinds() {
        kinds = Set(places.known.values.map(\.kind))
        guard files.events.areTold, !state.isPolling else { return }
        if let name = kinds.compactMap(FileSystemKinds.silent).min() {
            poll(because: "\(name) does not tell of changes that are made elsewhere")
        }
    }
}
