internal import Platform

extension WatchLoop {
    /// Looks at one path.
    ///
    /// - Parameter seen: what it was when it began to settle; must be the same where no events tell.
    mutating func look(_ path: RelativePath, _ cause: Cause, origin: RelativePath? = nil, seen: FileIdentity? = nil) {
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
            watcher.reports.problem(path, "\(error)")
            isGone(path, .stillGone)
        }
    }

    private mutating func isGone(_ path: RelativePath, _ cause: Cause) {
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
            !isPending(path)
        {
            return settling.remove(path)
        }
        let isReady: Bool
        switch cause {
        case .done, .stillGone: isReady = watcher.hasEvents || seen == nil || seen == identity
        case .found: isReady = isWithoutWriter(path, identity)
        }
        if isReady {
            settling.remove(path)
            jobs[path] = WorkList.Job(path: path, size: identity.size, origin: origin)
        } else if watcher.hasEvents {
            // Who is just closing a file may be counted as its writer although the event of it has passed.
            doubts.add(path, due: .now + max(.milliseconds(100), age(identity) / 2))
            if !settling.contains(path) { settling.add(path, due: .now + settings.settle) }
        } else if !settling.contains(path) || seen != nil {
            settling.add(path, due: .now + settings.settle, seen: identity)
        }
    }

    private func age(_ identity: FileIdentity) -> Duration {
        .nanoseconds(Timestamp.now.nanoseconds - max(identity.modified, identity.changed))
    }

    private func isWithoutWriter(_ path: RelativePath, _ identity: FileIdentity) -> Bool {
        let age = age(identity)
        // Where others write, their clock may differ from ours a little.
        if !watcher.hasEvents { return age > settings.settle + .seconds(2) }
        if age > settings.settle { return true }
        do throws(FolderError) {
            return try folder.open(path).file.writers() == .none
        } catch {
            // The reader will meet the same error, and say what is to be done.
            return true
        }
    }
}
