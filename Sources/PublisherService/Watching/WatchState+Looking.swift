internal import Platform

/// What looking at a file leads to.
extension WatchState {
    /// Looks at one path.
    ///
    /// - Parameter seen: what it was when it began to settle; must be the same where no events tell.
    mutating func look(
        _ path: RelativePath, _ cause: Cause, in view: some FolderView, origin: RelativePath? = nil,
        seen: FileIdentity? = nil
    ) {
        if let away = view.awayPlace(of: path) {
            guard away == .root else { return _ = findings.trees.insert(away) }
            return nextRescan = min(nextRescan, view.now + .milliseconds(200))
        }
        switch view.entry(path) {
        case .absent:
            links.remove(path)
            isGone(path, cause, in: view)
        case .danglingLink:
            links.remove(path)
            links.addDangling(path)
            isGone(path, cause, in: view)
        case .file(let identity):
            links.remove(path)
            consider(path, identity, cause, in: view, origin: origin, seen: seen)
        case .link(let identity, let target):
            links.remove(path)
            links.addFile(path, target: target)
            consider(path, identity, cause, in: view, origin: origin, seen: seen)
        case .folder, .folderLink: findings.trees.insert(path)
        case .unpublishable(let error):
            links.remove(path)
            findings.problems.append((path, "\(error)", stays: error.isPassing))
            if !error.isPassing { isGone(path, .stillGone, in: view) }
        }
    }

    private mutating func isGone(_ path: RelativePath, _ cause: Cause, in view: some FolderView) {
        open.remove(path)
        // What was a link to a folder.
        if table.contains(path) { findings.trees.insert(path) }
        guard view.known(path) != nil || view.isPending(path) else { return }
        if case .stillGone = cause {
            findings.jobs[path] = WorkList.Job(path: path)
        } else {
            absent.add(path, due: view.now + settings.absence)
        }
    }

    /// Decides whether a file that is there is to be read now or later, or not at all.
    mutating func consider(
        _ path: RelativePath, _ identity: FileIdentity, _ cause: Cause, in view: some FolderView,
        origin: RelativePath? = nil, seen: FileIdentity? = nil
    ) {
        absent.remove(path)
        if let entry = view.known(path), entry.isTrusted, entry.identity.isUnchanged(from: identity),
            entry.isUnpacked == view.isUnpacked(path), !view.isPending(path)
        {
            open.remove(path)
            return settling.remove(path)
        }
        if isReady(path, identity, cause, seen: seen, in: view) {
            settling.remove(path)
            closing.remove(path)
            open.remove(path)
            // What is moved into place is as whole as it will ever be.
            let isWhole = if case .done = cause { origin != nil } else { false }
            findings.jobs[path] = WorkList.Job(
                path: path, size: view.length(path, identity), origin: origin, isWhole: isWhole)
        }
    }

    /// Whether a file is to be read now; else it is queued for another look.
    private mutating func isReady(
        _ path: RelativePath, _ identity: FileIdentity, _ cause: Cause, seen: FileIdentity?, in view: some FolderView
    ) -> Bool {
        let now = view.now
        switch cause {
        case .done, .stillGone: return true
        case .closed:
            if paces.look(path, at: now) { return true }
            return !isHeldOpen(path, identity, in: view)
        case .quiet:
            if !hasEvents || isPolling, let seen, seen != identity {
                settling.add(path, due: now + settings.settle, seen: identity)
                return false
            }
            return !isHeldOpen(path, identity, in: view)
        case .found: return isReadyWhenFound(path, identity, in: view)
        }
    }

    private mutating func isReadyWhenFound(
        _ path: RelativePath, _ identity: FileIdentity, in view: some FolderView
    ) -> Bool {
        let age = identity.age(at: view.time), now = view.now
        if age > settings.open + settings.settle { return true }
        if !hasEvents {
            // Where others write, their clock may differ from ours a little.
            if age > settings.settle + .seconds(2) { return !isHeldOpen(path, identity, in: view) }
            if !settling.contains(path) { settling.add(path, due: now + settings.settle, seen: identity) }
            return false
        }
        switch view.writers(path) {
        case .none:
            if age > settings.settle { return true }
            if !closing.contains(path) { gather(path, in: view) }
        case .some, .unknown:
            // Who is just closing a file may be counted as its writer although the event of it has passed.
            doubts.add(path, due: now + min(max(.milliseconds(100), age / 2), settings.settle))
            if !settling.contains(path) { settling.add(path, due: now + settings.settle, seen: identity) }
        }
        return false
    }

    /// Whether a file is held back because somebody has it open for writing.
    private mutating func isHeldOpen(
        _ path: RelativePath, _ identity: FileIdentity, in view: some FolderView
    ) -> Bool {
        guard case .some = view.writers(path) else { return false }
        let old = view.known(path)?.identity, now = view.now
        let hasOnlyGrown = old.map { $0.inode == identity.inode && $0.size <= identity.size } ?? false
        let end = open.hold(path, at: now, limit: settings.open, hasOnlyGrown: hasOnlyGrown)
        guard let end else { return false }
        // When it is closed an event comes, if there are any.
        let due = hasEvents ? end : min(end, now + max(settings.settle, identity.age(at: view.time) / 4))
        settling.add(path, due: due, seen: identity)
        return true
    }
}
