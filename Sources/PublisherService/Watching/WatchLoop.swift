internal import Catalogue
internal import Platform

/// The watcher's state and its one thread: waits, works out what to look at, and hands it on.
struct WatchLoop {
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

    let watcher: FolderWatcher
    let deliver: ([WorkList.Job]) -> Void
    let trust: ([(RelativePath, FileIdentity)]) -> Void
    let isPending: (RelativePath) -> Bool
    let scanned: () -> Void

    var table = WatchTable()
    var links = LinkTable()
    /// Files that may have writers.
    var settling = SettleQueue()
    /// Files that were closed by a writer, who may open them again at once.
    var closing = SettleQueue()
    var paces = WritePaces()
    var open = HeldFiles()
    /// Frames that were not whole.
    var retries = SettleQueue()
    /// Files that were found with a writer.
    var doubts = SettleQueue()
    /// Files that were gone.
    var absent = SettleQueue()
    /// Files whose digests are to be trusted if nothing happens to them.
    var trusting = SettleQueue()
    let started = ContinuousClock.now
    var nextRescan = ContinuousClock.now
    var root: FileIdentity?
    var nextCheck = ContinuousClock.now
    var lastWalk: ContinuousClock.Instant?
    /// The walk that is due was not asked for by anything that happened.
    var isRoutineWalk = false
    /// The path was followed to another folder than before.
    var isNewTarget = false
    var isShortOfWatches = false
    /// There are changes of which no event tells.
    var isPolling = false
    /// Of file systems.
    var kinds: Set<UInt64> = []
    /// In this step.
    var hasWalkedAll = false
    /// What this step will deliver.
    var jobs: [RelativePath: WorkList.Job] = [:]
    var trees: Set<RelativePath> = []

    init(
        _ watcher: FolderWatcher, deliver: @escaping ([WorkList.Job]) -> Void,
        trust: @escaping ([(RelativePath, FileIdentity)]) -> Void, isPending: @escaping (RelativePath) -> Bool,
        scanned: @escaping () -> Void
    ) {
        self.watcher = watcher
        self.deliver = deliver
        self.trust = trust
        self.isPending = isPending
        self.scanned = scanned
        isNewTarget = watcher.places.isMoved
    }

    var settings: FolderWatcher.Settings { watcher.settings }
    var folder: PublishedFolder { watcher.folder }

    mutating func step() {
        let deadlines = [
            nextRescan, nextCheck, settling.earliest, closing.earliest, retries.earliest, doubts.earliest,
            absent.earliest,
            trusting.earliest,
        ].compactMap { $0 }
        let events: [INotify.Event]
        do throws(SystemError) {
            events = try watcher.inotify.wait(max(.zero, (deadlines.min() ?? nextRescan) - .now))
        } catch {
            watcher.reports.problem(.root, "events of the folder are lost: \(error)")
            events = [INotify.Event(watch: -1, kinds: .overflow)]
        }
        var changes = FolderChanges()
        changes.add(events, &table)
        if folder.unpacks { changes.addUnpackedNames() }
        take(watcher.takeRequests())
        apply(changes)
        lookAtDue()
        if nextCheck <= .now { checkPlaces() }
        if nextRescan <= .now { rescan() }
        // What is found may mend a link to a folder, which is walked, too; links there lead to no further ones.
        for _ in 0..<3 where !trees.isEmpty { scanTrees() }
        flush()
        // Who hears that the folder was walked shall find all that was found.
        if hasWalkedAll {
            scanned()
            Memory.trim()
        }
        hasWalkedAll = false
    }

    private mutating func take(_ requests: [FolderWatcher.Request]) {
        for request in requests {
            switch request {
            case .settle(let path): settling.add(path, due: .now + settings.settle)
            case .retry(let path, let pause): retries.add(path, due: .now + pause)
            case .trust(let path, let identity):
                if watcher.hasEvents, !isPolling {
                    let isCoarse = identity.grain > .seconds(1)
                    trusting.add(path, due: nextTrust + (isCoarse ? identity.grain : .zero), seen: identity)
                }
            case .reread(let path): jobs[path] = WorkList.Job(path: path, mustRead: true)
            case .check: nextCheck = .now
            case .rescan:
                isRoutineWalk = false
                nextRescan = .now
            }
        }
    }

    /// Quarters of a second after the file has been quiet: trust is written down, and that is done for many at once.
    private var nextTrust: ContinuousClock.Instant {
        let quarters = ((ContinuousClock.now - started + settings.settle) / .milliseconds(250)).rounded(.up)
        return started + .milliseconds(250) * quarters
    }

    private mutating func apply(_ changes: FolderChanges) {
        if changes.isOverflow || changes.isRootAffected {
            if changes.isOverflow { watcher.reports.logger.warning("the system lost events: walking the whole folder") }
            trusting = SettleQueue()
            isRoutineWalk = false
            nextRescan = .now
        }
        let now = ContinuousClock.now
        for path in changes.written.union(changes.written.flatMap(watcher.index.siblings)) {
            settling.add(path, due: open.write(path, at: now, settle: settings.settle, limit: settings.open))
            trusting.remove(path)
        }
        for path in changes.closed.union(changes.closed.flatMap(watcher.index.siblings)) {
            trusting.remove(path)
            gather(path, at: now, isPacked: changes.closed.contains(path.packed))
        }
        var looks = changes.files
        for path in changes.files {
            settling.remove(path)
            trusting.remove(path)
            look(path, .done, origin: changes.origins[path])
        }
        for path in changes.doubtful {
            trusting.remove(path)
            look(path, .found)
        }
        looks.formUnion(changes.doubtful)
        trees.formUnion(changes.trees)
        lookAtLinks(changes, looks)
    }

    /// Has a file looked at when its writer does not open it again at once.
    mutating func gather(_ path: RelativePath, at now: ContinuousClock.Instant, isPacked: Bool = false) {
        // Of a frame, one write is several: its chunk, its index, its trailer, its header.
        let isFrame = isPacked || FrameNames.contains(path.name) || watcher.index.entry(path)?.kind ?? .file != .file
        closing.add(path, due: paces.close(path, at: now, gather: isFrame ? settings.gather * 2 : settings.gather))
    }

    /// A change of what a link leads to is a change of the link.
    private mutating func lookAtLinks(_ changes: FolderChanges, _ looks: Set<RelativePath>) {
        if links.isEmpty { return }
        var affected: Set<RelativePath> = []
        for path in looks.union(changes.closed).union(changes.written).union(changes.trees) {
            affected.formUnion(links.links(to: path))
        }
        if changes.mayMendLinks { affected.formUnion(links.dangling) }
        if changes.isHiddenPartAffected { affected.formUnion(links.all) }
        for path in affected.subtracting(looks) { look(path, .found) }
    }

    private mutating func lookAtDue() {
        let now = ContinuousClock.now
        for (path, seen) in settling.take(at: now) {
            look(path, .quiet, seen: seen)
            for link in links.links(to: path) { look(link, .quiet) }
        }
        for (path, _) in closing.take(at: now) { look(path, .closed) }
        for (path, _) in retries.take(at: now) { look(path, .done) }
        for (path, _) in doubts.take(at: now) where settling.contains(path) { look(path, .found) }
        for (path, _) in absent.take(at: now) { look(path, .stillGone) }
        let quiet = trusting.take(at: now).compactMap { path, seen in seen.map { (path, $0) } }
        if !quiet.isEmpty { trust(quiet) }
    }

    /// Hands the step's result on.
    private mutating func flush() {
        guard !jobs.isEmpty else { return }
        let all = jobs.values.sorted { $0.path < $1.path }
        jobs = [:]
        deliver(all)
    }
}
