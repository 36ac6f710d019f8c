internal import Platform

extension WatchLoop {
    private static let events: INotify.Events = [
        .modified, .attributesChanged, .closedAfterWriting, .movedAway, .movedHere, .created, .deleted, .folderDeleted,
        .folderMoved,
    ]

    /// Walks the whole folder at the end of this step, unless it is away.
    mutating func rescan() {
        do throws(SystemError) {
            if try folder.follow() {
                isNewTarget = true
                log.warning(
                    "the folder's path is a link that leads elsewhere now, and is followed",
                    ["path": folder.path, "folder": folder.root])
            }
            let identity = try FileIdentity(path: folder.root)
            if root == nil || root?.inode != identity.inode || root?.device != identity.device {
                files.reports.clear(.root)
                root = identity
            }
            state.findings.trees = [.root]
        } catch {
            // A file system that is not mounted is no reason to withdraw everything.
            rootIsAway(error)
        }
    }

    /// Walks the folders that came, went or moved.
    mutating func scanTrees() {
        let tops = Self.topmost(state.findings.trees)
        state.findings.trees = []
        let start = ContinuousClock.now
        let lost = state.beginWalk(tops)
        var mounts: Set<RelativePath> = []
        let result = FolderScanner(folder: folder).scan(tops, links: state.links) { path in
            if path != .root, FolderPlace.isMountPoint(folder.absolute(path)) { mounts.insert(path) }
            watch(path)
        }
        state.links.merge(result.links)
        for watch in lost where state.table.paths(of: watch).isEmpty { files.events.notices.unwatch(watch) }
        report(result)
        judgePlaces(tops, result, mounts: mounts)
        let isUntold = state.endWalk(tops, result, since: start, known: files.paths(inside: tops), in: view)
        if isUntold { sayPolling("a walk found a change of which no notice came") }
        if tops == [.root] {
            hasWalkedAll = true
            isNewTarget = false
        }
    }

    private mutating func watch(_ path: RelativePath) {
        guard files.events.areTold else {
            // Still to be told from files when it goes.
            state.table.add(-2, for: path)
            return
        }
        do throws(SystemError) {
            state.table.add(try files.events.notices.watch(folder.absolute(path), for: Self.events), for: path)
        } catch {
            if error.code == SystemError.noSpace, !state.isShortOfWatches {
                state.isShortOfWatches = true
                log.warning(
                    "there are more folders than may be watched, so all are walked every few seconds; "
                        + "raise fs.inotify.max_user_watches", ["folder": folder.root, "seconds": state.rescanInterval])
            }
        }
    }

    private func report(_ result: FolderScanner.Result) {
        for (path, error) in result.problems { files.reports.problem(path, "\(error)") }
        for (path, count) in result.unreadableNames {
            files.reports.problem(path, "\(count) names in it are not UTF-8: rename those files to publish them")
        }
    }

    /// Those that do not lie in another one.
    private static func topmost(_ trees: Set<RelativePath>) -> [RelativePath] {
        var result: [RelativePath] = []
        for path in trees.sorted(by: { $0.text.utf8.count < $1.text.utf8.count })
        where !result.contains(where: path.isInside) { result.append(path) }
        return result
    }
}
