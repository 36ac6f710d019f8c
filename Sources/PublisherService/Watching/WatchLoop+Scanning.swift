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
                watcher.reports.logger.warning(
                    "the folder's path is a link that leads elsewhere now, and is followed",
                    ["path": folder.path, "folder": folder.root])
            }
            let identity = try FileIdentity(path: folder.root)
            if root == nil || root?.inode != identity.inode || root?.device != identity.device {
                watcher.reports.clear(.root)
                root = identity
            }
            trees = [.root]
        } catch {
            // A file system that is not mounted is no reason to withdraw everything.
            rootIsAway(error)
        }
    }

    /// Walks the folders that came, went or moved.
    mutating func scanTrees() {
        let tops = Self.topmost(trees)
        trees = []
        let start = ContinuousClock.now
        let lost = table.remove(inside: tops)
        links.remove(inside: tops)
        var mounts: Set<RelativePath> = []
        let result = FolderScanner(folder: folder).scan(tops, links: links) { path in
            if path != .root, FolderPlace.isMountPoint(folder.absolute(path)) { mounts.insert(path) }
            watch(path)
        }
        links.merge(result.links)
        for watch in lost where table.paths(of: watch).isEmpty { watcher.inotify.unwatch(watch) }
        report(result)
        judgePlaces(tops, result, mounts: mounts)
        if tops == [.root] { lookForUntold(result) }
        for (path, identity) in result.files where places.awayPlace(of: path) == nil {
            consider(path, identity, .found)
        }
        removeMissing(tops, result)
        lookAtLinks(into: tops)
        if tops == [.root] {
            hasWalkedAll = true
            isNewTarget = false
            lastWalk = start
            nextRescan = .now + max(rescanInterval, (.now - start) * 20)
        }
    }

    /// A walk of which nothing is expected, and that finds what changed some time ago, shows that not all is told.
    private mutating func lookForUntold(_ result: FolderScanner.Result) {
        defer { isRoutineWalk = true }
        guard isRoutineWalk, watcher.hasEvents, !isPolling, let lastWalk else { return }
        let since = lastWalk.duration(to: .now)
        let untold = result.files.contains { path, identity in
            let age = age(identity)
            guard age > .seconds(3), age < since - .seconds(3), places.awayPlace(of: path) == nil else { return false }
            guard let entry = watcher.index.entry(path), !entry.identity.isUnchanged(from: identity) else {
                return false
            }
            return !isPending(path) && !settling.contains(path) && !closing.contains(path) && !retries.contains(path)
        }
        if untold { poll(because: "a walk found a change of which no notice came") }
    }

    /// Links elsewhere may lead to what was found, or has gone.
    private mutating func lookAtLinks(into tops: [RelativePath]) {
        if links.isEmpty || tops == [.root] { return }
        for link in links.dangling { look(link, .found) }
        for top in tops {
            for link in links.links(to: top) where !tops.contains(where: link.isInside) { look(link, .found) }
        }
    }

    private var rescanInterval: Duration {
        settings.poll ?? (watcher.hasEvents && !isShortOfWatches && !isPolling ? settings.rescan : settings.blindRescan)
    }

    private mutating func removeMissing(_ tops: [RelativePath], _ result: FolderScanner.Result) {
        // What could not be read for another reason than a missing permission may be there.
        let unread = result.problems.filter { $0.value.isPassing }.map(\.key)
        for path in watcher.index.paths(inside: tops) where result.files[path] == nil {
            if unread.contains(where: path.isInside) || places.awayPlace(of: path) != nil { continue }
            jobs[path] = WorkList.Job(path: path)
        }
    }

    private mutating func watch(_ path: RelativePath) {
        guard watcher.hasEvents else {
            // Still to be told from files when it goes.
            table.add(-2, for: path)
            return
        }
        do throws(SystemError) {
            table.add(try watcher.inotify.watch(folder.absolute(path), for: Self.events), for: path)
        } catch {
            if error.code == SystemError.noSpace, !isShortOfWatches {
                isShortOfWatches = true
                watcher.reports.logger.warning(
                    "there are more folders than may be watched, so all are walked every few seconds; "
                        + "raise fs.inotify.max_user_watches", ["folder": folder.root, "seconds": rescanInterval])
            }
        }
    }

    private func report(_ result: FolderScanner.Result) {
        for (path, error) in result.problems { watcher.reports.problem(path, "\(error)") }
        for (path, count) in result.unreadableNames {
            watcher.reports.problem(path, "\(count) names in it are not UTF-8: rename those files to publish them")
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
