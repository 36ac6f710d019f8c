internal import Platform

/// The watcher's one thread: waits, has its state decide, walks, and hands on what is found.
struct WatchLoop {
    let files: PublishedFiles
    var state: WatchState
    var root: FileIdentity?
    /// The path was followed to another folder than before.
    var isNewTarget: Bool
    /// Of file systems.
    var kinds: Set<UInt64> = []
    /// In this step.
    var hasWalkedAll = false

    init(_ files: PublishedFiles, _ settings: FolderWatcher.Settings) {
        self.files = files
        state = WatchState(settings, hasEvents: files.events.areTold, at: .now)
        isNewTarget = files.places.isMoved
    }

    var settings: FolderWatcher.Settings { state.settings }
    var folder: PublishedFolder { files.folder }
    var places: FolderPlaces { files.places }
    var log: Logger { files.reports.logger }
    var view: LiveFolder { LiveFolder(files: files, tellsWriters: kinds.allSatisfy(FileSystemKinds.tellsWriters)) }

    /// Waits for something to happen, or for the time of something, and does what it leads to.
    mutating func step() {
        let events: [INotify.Event]
        do throws(SystemError) {
            events = try files.events.notices.wait(max(.zero, state.earliest - .now))
        } catch {
            files.reports.problem(.root, "events of the folder are lost: \(error)")
            events = [INotify.Event(watch: -1, kinds: .overflow)]
        }
        var changes = FolderChanges()
        changes.add(events, &state.table)
        if folder.unpacks { changes.addUnpackedNames() }
        if changes.isOverflow { log.warning("the system lost events: walking the whole folder") }
        state.take(files.takeRequests(), at: .now)
        let view = view
        state.apply(changes, in: view)
        let quiet = state.lookAtDue(in: view)
        if !quiet.isEmpty { files.trust(quiet) }
        if state.nextCheck <= .now { checkPlaces() }
        if state.nextRescan <= .now { rescan() }
        // What is found may mend a link to a folder, which is walked, too; links there lead to no further ones.
        for _ in 0..<3 where !state.findings.trees.isEmpty { scanTrees() }
        handOn()
        // Who hears that the folder was walked shall find all that was found.
        if hasWalkedAll {
            files.noteWalk()
            Memory.trim()
        }
        hasWalkedAll = false
    }

    private mutating func handOn() {
        let findings = state.takeFindings()
        // What is left of them is walked in the next step.
        state.findings.trees = findings.trees
        for problem in findings.problems {
            files.reports.problem(
                problem.path, problem.reason,
                problem.stays ? "cannot be read, and stays as it was" : "not published")
        }
        files.look(at: findings.jobs.values.sorted { $0.path < $1.path })
    }

    /// Walks the folder more often from now on, and says so.
    mutating func poll(because reason: String) { if state.poll() { sayPolling(reason) } }

    func sayPolling(_ reason: String) {
        log.warning(
            "not all changes of the folder are told, so it is also polled; set another interval with --poll",
            ["folder": folder.root, "reason": reason, "seconds": settings.blindRescan / .seconds(1)])
    }
}
