internal import Catalogue
internal import Platform

/// What the watcher has seen and waits for; decides which files are to be looked at, and when. No I/O but by its
/// ``FolderView``.
struct WatchState {
    /// Why a file is looked at.
    enum Cause {
        /// It came or went as a whole.
        case done
        /// A writer has closed it.
        case closed
        /// Nobody has written to it for a while.
        case quiet
        /// It was found, and who writes to it is not known.
        case found
        /// It was gone, and has had its time to come back.
        case stillGone
    }

    /// What a step has found to do.
    struct Findings {
        var jobs: [RelativePath: WorkList.Job] = [:]
        /// Folders to walk.
        var trees: Set<RelativePath> = []
        /// What cannot be published, and whether it stays as it was.
        var problems: [(path: RelativePath, reason: String, stays: Bool)] = []
    }

    let settings: FolderWatcher.Settings
    /// Whether the kernel tells of changes.
    let hasEvents: Bool
    let started: ContinuousClock.Instant

    var findings = Findings()
    var table = WatchTable()
    var links = LinkTable()
    /// Files that may have writers.
    var settling = SettleQueue()
    /// Files that were closed by a writer, who may open them again at once.
    var closing = SettleQueue()
    var paces = WritePaces()
    var open = HeldFiles()
    /// Frames that were not whole.
    private var retries = SettleQueue()
    /// Files that were found with a writer.
    var doubts = SettleQueue()
    /// Files that were gone.
    var absent = SettleQueue()
    /// Files whose digests are to be trusted if nothing happens to them.
    private var trusting = SettleQueue()
    var nextRescan: ContinuousClock.Instant
    var nextCheck: ContinuousClock.Instant
    private var lastWalk: ContinuousClock.Instant?
    /// The walk that is due was not asked for by anything that happened.
    private var isRoutineWalk = false
    var isShortOfWatches = false
    /// There are changes of which no event tells.
    private(set) var isPolling = false

    init(_ settings: FolderWatcher.Settings, hasEvents: Bool, at now: ContinuousClock.Instant) {
        self.settings = settings
        self.hasEvents = hasEvents
        started = now
        nextRescan = now
        nextCheck = now
    }

    /// When there is something to do although nothing happens.
    var earliest: ContinuousClock.Instant {
        [
            nextCheck, settling.earliest, closing.earliest, retries.earliest, doubts.earliest, absent.earliest,
            trusting.earliest,
        ].compactMap { $0 }.reduce(nextRescan, min)
    }

    mutating func takeFindings() -> Findings {
        defer { findings = Findings() }
        return findings
    }

    // MARK: What happens

    mutating func take(_ requests: [WatchRequest], at now: ContinuousClock.Instant) {
        for request in requests {
            switch request {
            case .settle(let path): settling.add(path, due: now + settings.settle)
            case .retry(let path, let pause): retries.add(path, due: now + pause)
            case .trust(let path, let identity):
                if hasEvents, !isPolling {
                    let isCoarse = identity.grain > .seconds(1)
                    trusting.add(path, due: nextTrust(now) + (isCoarse ? identity.grain : .zero), seen: identity)
                }
            case .reread(let path): findings.jobs[path] = WorkList.Job(path: path, mustRead: true)
            case .check: nextCheck = now
            case .rescan: rescan(at: now)
            }
        }
    }

    /// Quarters of a second after the file has been quiet: trust is written down, and that is done for many at once.
    private func nextTrust(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        let quarters = ((now - started + settings.settle) / .milliseconds(250)).rounded(.up)
        return started + .milliseconds(250) * quarters
    }

    /// Has all of the folder walked, for a reason.
    mutating func rescan(at now: ContinuousClock.Instant) {
        isRoutineWalk = false
        nextRescan = now
    }

    /// Something is not where it was.
    mutating func rescan(_ path: RelativePath, at now: ContinuousClock.Instant) {
        isRoutineWalk = false
        if path == .root { nextRescan = now } else { findings.trees.insert(path) }
    }

    /// The folder is walked more often from now on.
    ///
    /// - Returns: Whether that is news.
    mutating func poll() -> Bool {
        defer { isPolling = true }
        return !isPolling
    }

    mutating func apply(_ changes: FolderChanges, in view: some FolderView) {
        let now = view.now
        if changes.isOverflow || changes.isRootAffected {
            trusting = SettleQueue()
            rescan(at: now)
        }
        for path in changes.written.union(changes.written.flatMap(view.siblings)) {
            settling.add(path, due: open.write(path, at: now, settle: settings.settle, limit: settings.open))
            trusting.remove(path)
        }
        for path in changes.closed.union(changes.closed.flatMap(view.siblings)) {
            trusting.remove(path)
            gather(path, in: view, isPacked: changes.closed.contains(path.packed))
        }
        var looks = changes.files
        for path in changes.files {
            settling.remove(path)
            trusting.remove(path)
            look(path, .done, in: view, origin: changes.origins[path])
        }
        for path in changes.doubtful {
            trusting.remove(path)
            look(path, .found, in: view)
        }
        looks.formUnion(changes.doubtful)
        findings.trees.formUnion(changes.trees)
        lookAtLinks(changes, looks, in: view)
    }

    /// Has a file looked at when its writer does not open it again at once.
    mutating func gather(_ path: RelativePath, in view: some FolderView, isPacked: Bool = false) {
        // Of a frame, one write is several: its chunk, its index, its trailer, its header.
        let isFrame = isPacked || FrameNames.contains(path.name) || view.known(path)?.kind ?? .file != .file
        closing.add(path, due: paces.close(path, at: view.now, gather: isFrame ? settings.gather * 2 : settings.gather))
    }

    /// A change of what a link leads to is a change of the link.
    private mutating func lookAtLinks(
        _ changes: FolderChanges, _ looks: Set<RelativePath>, in view: some FolderView
    ) {
        if links.isEmpty { return }
        var affected: Set<RelativePath> = []
        for path in looks.union(changes.closed).union(changes.written).union(changes.trees) {
            affected.formUnion(links.links(to: path))
        }
        if changes.mayMendLinks { affected.formUnion(links.dangling) }
        if changes.isHiddenPartAffected { affected.formUnion(links.all) }
        for path in affected.subtracting(looks) { look(path, .found, in: view) }
    }

    /// Looks at the files whose time has come.
    ///
    /// - Returns: Those that have been quiet for so long that what was read of them is to be trusted.
    mutating func lookAtDue(in view: some FolderView) -> [(RelativePath, FileIdentity)] {
        let now = view.now
        for (path, seen) in settling.take(at: now) {
            look(path, .quiet, in: view, seen: seen)
            for link in links.links(to: path) { look(link, .quiet, in: view) }
        }
        for (path, _) in closing.take(at: now) { look(path, .closed, in: view) }
        for (path, _) in retries.take(at: now) { look(path, .done, in: view) }
        for (path, _) in doubts.take(at: now) where settling.contains(path) { look(path, .found, in: view) }
        for (path, _) in absent.take(at: now) { look(path, .stillGone, in: view) }
        return trusting.take(at: now).compactMap { path, seen in seen.map { (path, $0) } }
    }

    // MARK: Walking

    /// The watches and links of what is about to be walked are found anew.
    ///
    /// - Returns: The watches that lost a folder.
    mutating func beginWalk(_ tops: [RelativePath]) -> Set<Int32> {
        links.remove(inside: tops)
        return table.remove(inside: tops)
    }

    /// Takes in what a walk of `tops` has found.
    ///
    /// - Parameters:
    ///   - start: when it began.
    ///   - known: the files that were published from there.
    /// - Returns: Whether the folder is walked more often from now on, for not all changes are told.
    mutating func endWalk(
        _ tops: [RelativePath], _ result: FolderScanner.Result, since start: ContinuousClock.Instant,
        known: [RelativePath], in view: some FolderView
    ) -> Bool {
        let isWhole = tops == [.root]
        let isNews = isWhole && findsUntold(result, in: view) && poll()
        for (path, identity) in result.files where view.awayPlace(of: path) == nil {
            consider(path, identity, .found, in: view)
        }
        // What could not be read for another reason than a missing permission may be there.
        let unread = result.problems.filter { $0.value.isPassing }.map(\.key)
        for path in known where result.files[path] == nil {
            if unread.contains(where: path.isInside) || view.awayPlace(of: path) != nil { continue }
            findings.jobs[path] = WorkList.Job(path: path)
        }
        if !isWhole { lookAtLinks(into: tops, in: view) }
        if isWhole {
            let now = view.now
            lastWalk = start
            nextRescan = now + max(rescanInterval, (now - start) * 20)
        }
        return isNews
    }

    var rescanInterval: Duration {
        settings.poll ?? (hasEvents && !isShortOfWatches && !isPolling ? settings.rescan : settings.blindRescan)
    }

    /// A walk of which nothing is expected, and that finds what changed some time ago, shows that not all is told.
    private mutating func findsUntold(_ result: FolderScanner.Result, in view: some FolderView) -> Bool {
        defer { isRoutineWalk = true }
        guard isRoutineWalk, hasEvents, !isPolling, let lastWalk else { return false }
        let since = lastWalk.duration(to: view.now)
        return result.files.contains { path, identity in
            let age = identity.age(at: view.time)
            guard age > .seconds(3), age < since - .seconds(3), view.awayPlace(of: path) == nil else { return false }
            guard let entry = view.known(path), !entry.identity.isUnchanged(from: identity) else { return false }
            return !view.isPending(path) && !settling.contains(path) && !closing.contains(path)
                && !retries.contains(path)
        }
    }

    /// Links elsewhere may lead to what was found, or has gone.
    private mutating func lookAtLinks(into tops: [RelativePath], in view: some FolderView) {
        if links.isEmpty { return }
        for link in links.dangling { look(link, .found, in: view) }
        for top in tops {
            for link in links.links(to: top) where !tops.contains(where: link.isInside) {
                look(link, .found, in: view)
            }
        }
    }
}
