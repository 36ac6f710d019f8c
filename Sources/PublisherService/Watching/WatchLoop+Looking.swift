internal import Platform

extension WatchLoop {
    /// Looks at one path.
    ///
    /// - Parameter seen: what it was when it began to settle; must be the same where no events tell.
    mutating func look(_ path: RelativePath, _ cause: Cause, origin: RelativePath? = nil, seen: FileIdentity? = nil) {
        if let away = places.awayPlace(of: path) {
            if away == .root { nextRescan = min(nextRescan, .now + .milliseconds(200)) } else { trees.insert(away) }
            return
        }
        switch folder.entry(path) {
        case .absent:
            links.remove(path)
            isGone(path, cause)
        case .danglingLink:
            links.remove(path)
            links.addDangling(path)
            isGone(path, cause)
        case .file(let identity):
            links.remove(path)
            consider(path, identity, cause, origin: origin, seen: seen)
        case .link(let identity, let target):
            links.remove(path)
            links.addFile(path, target: target)
            consider(path, identity, cause, origin: origin, seen: seen)
        case .folder, .folderLink: trees.insert(path)
        case .unpublishable(let error):
            links.remove(path)
            if error.isPassing {
                return watcher.reports.problem(path, "\(error)", "cannot be read, and stays as it was")
            }
            watcher.reports.problem(path, "\(error)")
            isGone(path, .stillGone)
        }
    }

    private mutating func isGone(_ path: RelativePath, _ cause: Cause) {
        open.remove(path)
        // What was a link to a folder.
        if table.contains(path) { trees.insert(path) }
        guard watcher.index.entry(path) != nil || isPending(path) else { return }
        if case .stillGone = cause {
            jobs[path] = WorkList.Job(path: path)
        } else {
            absent.add(path, due: .now + settings.absence)
        }
    }

    /// Decides whether a file that is there is to be read now or later, or not at all.
    mutating func consider(
        _ path: RelativePath, _ identity: FileIdentity, _ cause: Cause, origin: RelativePath? = nil,
        seen: FileIdentity? = nil
    ) {
        absent.remove(path)
        if let entry = watcher.index.entry(path), entry.isTrusted, entry.identity.isUnchanged(from: identity),
            entry.isUnpacked == folder.isUnpacked(path), !isPending(path)
        {
            open.remove(path)
            return settling.remove(path)
        }
        if isReady(path, identity, cause, seen: seen) {
            settling.remove(path)
            closing.remove(path)
            open.remove(path)
            // What is moved into place is as whole as it will ever be.
            let isWhole = if case .done = cause { origin != nil } else { false }
            jobs[path] = WorkList.Job(
                path: path, size: folder.length(path, identity), origin: origin, isWhole: isWhole)
        }
    }

    /// Whether a file is to be read now; else it is queued for another look.
    private mutating func isReady(
        _ path: RelativePath, _ identity: FileIdentity, _ cause: Cause, seen: FileIdentity?
    ) -> Bool {
        let now = ContinuousClock.now
        switch cause {
        case .done, .stillGone: return true
        case .closed:
            if paces.look(path, at: now) { return true }
            return !isHeldOpen(path, identity, at: now)
        case .quiet:
            if !watcher.hasEvents || isPolling, let seen, seen != identity {
                settling.add(path, due: now + settings.settle, seen: identity)
                return false
            }
            return !isHeldOpen(path, identity, at: now)
        case .found: return isReadyWhenFound(path, identity, at: now)
        }
    }

    private mutating func isReadyWhenFound(
        _ path: RelativePath, _ identity: FileIdentity, at now: ContinuousClock.Instant
    ) -> Bool {
        let age = age(identity)
        if age > settings.open + settings.settle { return true }
        if !watcher.hasEvents {
            // Where others write, their clock may differ from ours a little.
            if age > settings.settle + .seconds(2) { return !isHeldOpen(path, identity, at: now) }
            if !settling.contains(path) { settling.add(path, due: now + settings.settle, seen: identity) }
            return false
        }
        switch writers(path) {
        case .none:
            if age > settings.settle { return true }
            if !closing.contains(path) { gather(path, at: now) }
        case .some, .unknown:
            // Who is just closing a file may be counted as its writer although the event of it has passed.
            doubts.add(path, due: now + min(max(.milliseconds(100), age / 2), settings.settle))
            if !settling.contains(path) { settling.add(path, due: now + settings.settle, seen: identity) }
        }
        return false
    }

    /// Whether a file is held back because somebody has it open for writing.
    private mutating func isHeldOpen(
        _ path: RelativePath, _ identity: FileIdentity, at now: ContinuousClock.Instant
    ) -> Bool {
        guard case .some = writers(path) else { return false }
        let old = watcher.index.entry(path)?.identity
        let hasOnlyGrown = old.map { $0.inode == identity.inode && $0.size <= identity.size } ?? false
        let end = open.hold(path, at: now, limit: settings.open, hasOnlyGrown: hasOnlyGrown)
        guard let end else { return false }
        // When it is closed an event comes, if there are any.
        let due = watcher.hasEvents ? end : min(end, now + max(settings.settle, age(identity) / 4))
        settling.add(path, due: due, seen: identity)
        return true
    }

    func age(_ identity: FileIdentity) -> Duration {
        identity.age(at: .now)
    }

    private func writers(_ path: RelativePath) -> FileDescriptor.Writers {
        // A server refuses leases for reasons of its own.
        if !kinds.allSatisfy(FileSystemKinds.tellsWriters) { return .unknown }
        do throws(FolderError) {
            return try folder.openExpected(path).file.writers()
        } catch {
            // The reader will meet the same error, and say what is to be done.
            return .none
        }
    }
}
