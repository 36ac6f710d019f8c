import Catalogue
import Platform
import Synchronization

/// Completing what is wanted, one dataset at a time.
extension MirrorKeeper {
    // MARK: What has happened

    func observe(_ effects: [CatalogueState.Effect]) {
        var superseded: [Version] = []
        for effect in effects {
            switch effect {
            case .put(let path, let version, _, _, let replaced):
                // Whoever had a mirror made of it, to read or to hold it, may have given up before anything was adopted.
                if let replaced, replaced != version, library.has(replaced) { superseded.append(replaced) }
                let now = copy.clock.now
                let isConcerned = shared.withLock { shared in
                    guard let holding = shared.holdings[path] else { return shared.holdings.followed.fetch(path) }
                    if let held = holding.version, held != version { shared.superseded.note(path, held, now) }
                    return true
                }
                if isConcerned { enqueue(path) }
            case .removed(let path, _, _), .kept(let path):
                if shared.withLock({ $0.holdings[path] != nil }) { enqueue(path) }
            case .group(let group, _, _):
                if group.online { tryAllAgain { $0.group.hasBytes(of: group.name) } }
            }
        }
        if !superseded.isEmpty { noteLeftover(superseded) }
    }

    /// What could not be had may be to be had now.
    func tryAllAgain(_ isConcerned: (DatasetPath) -> Bool) {
        let waiting = shared.withLock { shared in
            let paths = shared.holdings.byPath.filter { $0.value.isWanted && isConcerned($0.key) }.keys
            for path in paths { shared.fills.forgive(path) }
            return Array(paths)
        }
        for path in waiting { enqueue(path) }
    }

    /// Progress of one version is told this often at most, besides its end.
    private static let progressInterval = Duration.milliseconds(100)

    func observe(_ mirror: Mirror, _ event: MirrorEvent) {
        switch event {
        case .arrived: progressed(mirror)
        case .gaveUp(let failure): gaveUp(mirror, failure)
        // Whoever removes chunks tells the index before.
        case .requested, .removed: break
        }
    }

    private func progressed(_ mirror: Mirror) {
        library.progressed(mirror)
        let now = ContinuousClock.now
        let isDue = shared.withLock { shared in
            shared.failures[mirror.version] = nil
            if let last = shared.told[mirror.version], now - last < Self.progressInterval { return false }
            // Older ones say nothing any more.
            if shared.told.count > 1000 { shared.told = shared.told.filter { now - $0.value < Self.progressInterval } }
            shared.told[mirror.version] = now
            return true
        }
        if isDue { tellProgress(of: mirror) }
    }

    private func tellProgress(of mirror: Mirror) {
        for path in mirror.askedFor where copy.entry(path)?.version == mirror.version {
            onProgress(progress(path, mirror.version, mirror.manifest.size))
        }
    }

    private func gaveUp(_ mirror: Mirror, _ failure: FetchFailure) {
        shared.withLock { $0.failures[mirror.version] = failure }
        for path in mirror.askedFor where shared.withLock({ $0.fills[path] == mirror.version }) {
            tryAgain(path, mirror.version, failure, held: mirror.heldBytes)
        }
        tellProgress(of: mirror)
    }

    /// The index has come to know the mirror as complete.
    func completed(_ mirror: Mirror) { for path in mirror.askedFor { enqueue(path) } }

    // MARK: What to do about it

    /// Does what the catalogue and the holdings ask for, for one dataset.
    func reconcile(_ path: DatasetPath) async {
        await bringUpToDate(path)
        if let next = shared.withLock({ $0.fills.next() }) { enqueue(next) }
    }

    private func bringUpToDate(_ path: DatasetPath) async {
        guard let current = copy.entry(path)?.version else {
            if holding(path) != nil { await vanished(path) }
            return
        }
        guard let holding = heldOrFollowed(path) else { return }
        shared.withLock { $0.removed[path] = nil }
        if library.isSaved(current) { return await settle(path, current) }
        guard holding.isWanted || library.isDoubtful(current) else { return endFill(path, asLongAs: current) }
        // Nobody is asked who cannot answer: when the group is back, it is looked at again.
        guard library.summary(current) != nil || directory.mayAnswer(for: path) else {
            shared.withLock {
                $0.failures[current] = FetchFailure(.unreachable, "the publisher of \(path.group) is offline")
            }
            return endFill(path, asLongAs: current)
        }
        let start = shared.withLock { shared -> FillTable.Start? in
            // Whoever learns of a version late must not stop a newer one.
            guard copy.entry(path)?.version == current, shared.beginning[path] != current else { return nil }
            let start = shared.fills.start(path, current, isUrgent: shared.asked.contains(path))
            if case .granted = start { shared.beginning[path] = current }
            return start
        }
        guard case .granted(let replaced)? = start else { return }
        defer {
            shared.withLock { shared in if shared.beginning[path] == current { shared.beginning[path] = nil } }
        }
        if let replaced, replaced != current {
            release(replaced)
            // Not here: its manifest may still be on its way, and the newer version does not wait for that.
            noteLeftover([replaced])
        }
        do {
            try await checkRoom(for: path)
            let mirror = try await meeting.with(path.group) {
                try await library.mirror(
                    of: current, of: path, since: self.holding(path)?.version,
                    from: { [directory] in directory.sources(of: path) }, filler: transfers,
                    isWanted: { [copy] in copy.entry(path)?.version == current })
            }
            try await adopt(mirror, path)
            guard fill(mirror, path) else {
                endFill(path, current)
                return await removeUnreferenced([current])
            }
            if library.isSaved(current) { await settle(path, current) }
        } catch is CancellationError {
            endFill(path, current)
        } catch {
            let failure = FetchFailure(disk: error)
            library.note(failure)
            shared.withLock { $0.failures[current] = failure }
            onProgress(progress(path, current, copy.entry(path)?.size ?? 0))
            tryAgain(path, current, failure, held: 0)
        }
    }

    /// What is known of the dataset; of one that is followed all is wanted.
    private func heldOrFollowed(_ path: DatasetPath) -> Holdings.Holding? {
        shared.withLock { shared in
            if shared.holdings.followed.fetch(path), shared.holdings[path]?.isWanted != true {
                shared.holdings.want(path)
            }
            return shared.holdings[path]
        }
    }

    /// The mirror is what is held of the dataset from now on, unless an older version is held completely: that stays
    /// until this one is complete as well.
    func adopt(_ mirror: Mirror, _ path: DatasetPath) async throws {
        let old = holding(path)?.version
        if let old, library.isSaved(old) { return }
        let isCurrent = shared.withLock { shared in
            // Whoever learns of a version late must not go back to it.
            guard copy.entry(path)?.version == mirror.version else { return false }
            shared.holdings.hold(path, mirror.version)
            return true
        }
        guard isCurrent, old != mirror.version else { return }
        library.saveAgain(mirror)
        try await save()
        if let old { await removeUnreferenced([old]) }
    }

    /// Lets the mirror be completed on behalf of the dataset; false when that is no longer wanted.
    private func fill(_ mirror: Mirror, _ path: DatasetPath) -> Bool {
        let isWanted = shared.withLock { shared in
            guard shared.fills[path] == mirror.version, shared.holdings[path]?.isWanted == true else { return false }
            mirror.wantAll()
            return true
        }
        if isWanted {
            library.saveAgain(mirror)
            mirror.kick()
        }
        return isWanted
    }

    /// Nobody completes the version any more, unless it is on behalf of another dataset.
    private func release(_ version: Version) {
        guard let mirror = library.opened(version) else { return }
        let paths = mirror.askedFor
        let unwanted = shared.withLock { shared in
            paths.contains { shared.fills[$0] == version } ? [] : mirror.wantNoMore()
        }
        for request in unwanted { request.resume() }
    }

    /// Nothing is completed on behalf of the dataset any more, if the catalogue still says what whoever asks acts upon.
    private func endFill(_ path: DatasetPath, asLongAs entry: Version?) {
        let (version, next): (Version?, DatasetPath?) = shared.withLock { shared in
            // Whoever completes a newer version learned of it from the catalogue.
            guard copy.entry(path)?.version == entry else { return (nil, nil) }
            return (shared.fills.end(path), shared.fills.next())
        }
        if let version { release(version) }
        if let next { enqueue(next) }
    }

    /// This version is not completed on behalf of the dataset any more; a newer one may be.
    ///
    /// - Returns: whether it was being completed until now.
    @discardableResult private func endFill(_ path: DatasetPath, _ version: Version) -> Bool {
        let (isEnded, next) = shared.withLock { ($0.fills.end(path, version), $0.fills.next()) }
        if isEnded { release(version) }
        if let next { enqueue(next) }
        return isEnded
    }

    private func tryAgain(_ path: DatasetPath, _ version: Version, _ failure: FetchFailure, held: Int64) {
        guard endFill(path, version) else { return }
        let shortest = shared.withLock { $0.fills.failed(path, held: held) }
        // What does not fit beside what is followed does not so soon.
        let pause = failure.reason == .noRoom && library.limit != nil ? max(shortest, .seconds(5)) : shortest
        log.debug("a dataset that is wanted cannot be had now", ["path": path, "error": failure])
        // Refused when the subscriber is stopping.
        _ = transfers.submit { [self] in
            guard (try? await Task.sleep(for: pause)) != nil else { return }
            if copy.entry(path)?.version == version { enqueue(path) }
        }
    }

    // MARK: Putting in place

    /// All of the current version is held and known to be so on disk: it takes the place of the older one.
    func settle(_ path: DatasetPath, _ version: Version) async {
        // Fails with cancellation alone: then the next start does it.
        let superseded = try? await placing.with(path) { await place(path, version) }
        if let superseded = superseded ?? nil { await removeUnreferenced([superseded]) }
    }

    /// - Returns: the version that was held until now.
    private func place(_ path: DatasetPath, _ version: Version) async -> Version? {
        guard let entry = copy.entry(path), entry.version == version, library.isSaved(version) else { return nil }
        endFill(path, asLongAs: version)
        let (old, wasSettled) = shared.withLock { shared in
            let old = shared.holdings[path]?.version
            let wasSettled = shared.settled[path] == version && !shared.withoutCopy.contains(path)
            shared.holdings.hold(path, version)
            shared.holdings.want(path, shared.holdings.followed.cover(path))
            shared.fills.forgive(path)
            shared.superseded.end(path)
            shared.asked.remove(path)
            shared.failures[version] = nil
            shared.told[version] = nil
            return (old, wasSettled)
        }
        if !wasSettled {
            let isThere = await makeCopy(of: version, for: path, entry.modified, mayBeThere: old == version)
            shared.withLock { shared in
                if isThere { shared.withoutCopy.remove(path) } else { shared.withoutCopy.insert(path) }
            }
        }
        do { try await save() } catch {
            log.error("what is held could not be saved", ["path": path, "error": error])
        }
        shared.withLock { $0.settled[path] = version }
        if !wasSettled, let size = library.summary(version)?.size { onProgress(progress(path, version, size)) }
        return old == version ? nil : old
    }

    /// The copy for other programs, with the dataset's own time.
    ///
    /// - Returns: whether it is there.
    private func makeCopy(
        of version: Version, for path: DatasetPath, _ modified: Double, mayBeThere: Bool
    ) async -> Bool {
        let source = library.path(of: version), time = Timestamp(seconds: modified).nanoseconds
        do {
            let made = try await library.keepingTrust(version, filler: transfers) { [links, library] in
                // It may have turned out just now that it is damaged; when it is whole again it is looked at again.
                library.isSaved(version)
                    ? try links.set(path, to: source, modified: time, mayBeThere: mayBeThere) : nil
            }
            guard let made else { return false }
            library.noteCopy(path, made == .copy ? library.summary(version)?.size : nil)
            // Fails when too much is open: then whoever publishes the copy again waits for a while.
            if made == .link { try? await library.reopenForReading(version, filler: transfers) }
            return true
        } catch is CancellationError {
            return false
        } catch _ where !FileSystem.exists(source) {
            // Somebody has removed the mirror's file: what is still open goes into a new one.
            await library.examine(version)
        } catch {
            log.warning("the copy for other programs could not be made", ["path": path, "error": error])
            // Better none than that of another version.
            await removeCopy(path)
        }
        return false
    }

    /// - Parameter version: whose mirror the copy may be by a second name.
    func removeCopy(_ path: DatasetPath, of version: Version? = nil) async {
        library.noteCopy(path, nil)
        guard let version, library.isSaved(version) else { return await pool.run { [links] in links.remove(path) } }
        do {
            try await library.keepingTrust(version, filler: transfers) { [links] in links.remove(path) }
        } catch {
            await pool.run { [links] in links.remove(path) }
        }
    }

    /// The file of a complete mirror was not as it was left: when it was not right, copies that are the same file are not
    /// either; when it was, one of them may be gone.
    func touched(_ mirror: Mirror, isReplaced: Bool) {
        let version = mirror.version, paths = shared.withLock { $0.holdings.paths(of: version) }
        // Refused when the subscriber is stopping: then the next start does it.
        _ = transfers.submit { [self] in
            for path in paths {
                try? await placing.with(path) {
                    let isConcerned = shared.withLock { shared in
                        guard shared.holdings[path]?.version == version else { return false }
                        shared.settled[path] = nil
                        return true
                    }
                    if isConcerned, isReplaced { await removeCopy(path) }
                }
                enqueue(path)
            }
        }
    }

    /// The dataset is in the catalogue no more: its copy disappears, its mirror stays for a while.
    private func vanished(_ path: DatasetPath) async {
        endFill(path, asLongAs: nil)
        // Fails with cancellation alone: then the next start does it.
        try? await placing.with(path) {
            guard copy.entry(path) == nil else { return }
            shared.withLock { shared in
                if shared.removed[path] == nil { shared.removed[path] = .now }
                shared.settled[path] = nil
                shared.withoutCopy.remove(path)
                shared.asked.remove(path)
            }
            await removeCopy(path, of: holding(path)?.version)
        }
    }
}
