internal import Catalogue
internal import Platform
internal import Synchronization

/// The files of the folder: what is known and trusted of each, which are to be looked at, of which the broker has something
/// to hear, and what is asked of the watcher. Nobody else keeps any of it.
///
/// One lock, held for moments and never together with another; whom a change concerns is woken after it.
final class PublishedFiles: Sendable {
    let folder: PublishedFolder
    let events: FolderEvents
    let places: FolderPlaces
    let reports: Reports
    /// Raised when the folder, or a part of it, goes away or comes back.
    let placesChanged = Signal()
    /// Raised when the whole folder has been walked for the first time.
    let firstWalk = Signal()
    private let walked = Flag()
    private let store: DigestStore
    private let state: Locked<FileState>
    private let news = Signal()
    private let lanes: [WorkList.Lane: (stream: AsyncStream<Void>, raise: AsyncStream<Void>.Continuation)]

    /// - Throws: ``StorageError`` when what is known cannot be read. Blocks.
    init(
        _ folder: PublishedFolder, store: DigestStore, events: FolderEvents, places: FolderPlaces = FolderPlaces(),
        frameLimit: Duration = .seconds(30), reports: Reports
    ) throws {
        self.folder = folder
        self.events = events
        self.places = places
        self.reports = reports
        self.store = store
        var state = FileState()
        state.unfinished = UnfinishedFrames(limit: frameLimit)
        for (path, entry) in try store.load() { state.table.put(entry, at: path) }
        self.state = Locked(state)
        let streams = WorkList.Lane.allCases.map {
            ($0, AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1)))
        }
        lanes = Dictionary(uniqueKeysWithValues: streams.map { ($0, (stream: $1.stream, raise: $1.continuation)) })
    }

    private func wake(_ wakes: FileState.Wakes) {
        if wakes.contains(.watcher) { events.notices.wake() }
        if wakes.contains(.workers) { for lane in lanes.values { lane.raise.yield() } }
        if wakes.contains(.announcer) { news.raise() }
    }

    // MARK: What is known

    var count: Int { state.withLock { $0.table.count } }
    /// How many different contents there are.
    var versionCount: Int { state.withLock { $0.table.versionCount } }
    /// Whether the whole folder has been walked.
    var isWalked: Bool { walked.isSet }

    func entry(_ path: RelativePath) -> FileTable.Entry? { state.withLock { $0.table[path] } }
    /// See ``FileTable/entry(sameAs:)``.
    func entry(sameAs identity: FileIdentity) -> FileTable.Entry? {
        state.withLock { $0.table.entry(sameAs: identity) }
    }
    func siblings(of path: RelativePath) -> [RelativePath] { state.withLock { $0.table.siblings(of: path) } }
    func isOn(_ device: UInt64) -> Bool { state.withLock { $0.table.isOn(device) } }

    /// The files that have the version.
    func paths(of version: Version) -> Set<RelativePath> { state.withLock { $0.table.paths(of: version) } }

    func paths(inside trees: [RelativePath]) -> [RelativePath] {
        state.withLock { state in
            trees.contains(.root)
                ? Array(state.table.paths) : state.table.paths.filter { trees.contains(where: $0.isInside) }
        }
    }

    /// All files, sorted.
    var allPaths: [RelativePath] { state.withLock { Array($0.table.paths) }.sorted() }

    /// Some of the files, in no order.
    func paths(atMost limit: Int) -> [RelativePath] { state.withLock { Array($0.table.paths.prefix(limit)) } }

    /// Whether there are files below a folder; "" is all of it. Cost: a look at each file.
    func hasFolder(_ folder: String) -> Bool {
        let prefix = Array((folder.isEmpty ? "" : folder + "/").utf8)
        return folder.isEmpty || state.withLock { $0.table.paths.contains { $0.text.utf8.starts(with: prefix) } }
    }

    /// The files and folders that are in a folder itself, sorted, those of folders with a slash at the end. Cost: a look at
    /// each file.
    func names(in folder: String) -> [String] {
        let prefix = Array((folder.isEmpty ? "" : folder + "/").utf8)
        let paths = state.withLock { $0.table.paths.filter { $0.text.utf8.starts(with: prefix) } }
        var names: Set<[UInt8]> = []
        for path in paths {
            let rest = path.text.utf8.dropFirst(prefix.count)
            if let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
                names.insert(Array(rest[...slash]))
            } else {
                names.insert(Array(rest))
            }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// See ``UnfinishedFrames/isWaiting(for:wasFrame:age:)``.
    func isWaiting(for path: RelativePath, wasFrame: Bool, age: Duration) -> Bool {
        state.withLock { $0.unfinished.isWaiting(for: path, wasFrame: wasFrame, age: age) }
    }

    // MARK: What is asked of the watcher

    func ask(_ request: WatchRequest) { wake(state.withLock { $0.ask(request) }) }
    func takeRequests() -> [WatchRequest] { state.withLock { $0.takeRequests() } }

    // MARK: What is to be looked at

    /// Files that wait to be looked at, or are being read.
    var pendingCount: Int { state.withLock { $0.work.count } }
    func isPending(_ path: RelativePath) -> Bool { state.withLock { $0.work.contains(path) } }

    func look(at jobs: [WorkList.Job]) { wake(state.withLock { $0.look(at: jobs) }) }

    /// Tells when there may be something to do, to one worker of the lane.
    func work(_ lane: WorkList.Lane) -> AsyncStream<Void> {
        guard let lane = lanes[lane] else { preconditionFailure("each lane has its stream") }
        return lane.stream
    }

    func next(_ lane: WorkList.Lane) -> [WorkList.Job] { state.withLock { $0.work.next(lane) } }

    /// Takes what came of the jobs into the store, then into what is known, then to the broker. Blocks.
    ///
    /// - Returns: False when the store failed: nothing has happened then.
    func record(_ outcomes: [Outcome]) -> Bool {
        let news: [Bool?]
        do {
            let isNeeded = outcomes.contains(where: \.concernsStore)
            news = try isNeeded ? store.apply(outcomes) : outcomes.map { _ in false }
        } catch {
            reports.logger.error("the state cannot be written, and is tried again", ["error": error])
            return false
        }
        let (wakes, broken) = state.withLock { $0.take(outcomes, news) }
        for (outcome, isNews) in zip(outcomes, news) where isNews != nil {
            report(outcome, isBroken: broken.contains(outcome.path))
        }
        wake(wakes)
        return true
    }

    private func report(_ outcome: Outcome, isBroken: Bool) {
        switch outcome {
        case .made(let made):
            if let warning = made.dataset.warning {
                reports.problem(made.path, warning, "published as a plain file")
            } else {
                reports.clear(made.path)
            }
            reports.logger.debug("read", ["path": made.path, "version": made.entry.version.short])
        case .removed(let path, let reason):
            if reason == .absent { reports.clear(path) } else { reports.problem(path, "\(reason)") }
        case .unreachable(let path, let reason):
            reports.problem(path, "\(reason)", "cannot be read, and stays as it was")
        case .unfinished(let path, let reason) where isBroken:
            reports.logger.info(
                "a frame is not whole; the version before stays until it is", ["path": path, "reason": reason])
        case .unsettled, .unchanged, .unfinished, .stopped: break
        }
    }

    /// Files were quiet for long enough. Blocks.
    func trust(_ quiet: [(RelativePath, FileIdentity)]) {
        let trusted = state.withLock { $0.trust(quiet) }
        do {
            try store.trust(trusted)
        } catch {
            // After a restart these files are read again; nothing else is lost.
            reports.logger.warning("the state cannot be written", ["error": error])
        }
    }

    // MARK: What the broker has to hear

    /// Files of which the broker has something to hear.
    var unannouncedCount: Int { state.withLock { $0.announcements.count } }

    func startAnnouncing() { state.withLock { $0.announcements.start() } }
    func stopAnnouncing() { state.withLock { $0.announcements.stop() } }

    /// What could not be said is said later.
    func announce(_ paths: [RelativePath]) { if state.withLock({ $0.announcements.add(paths) }) { news.raise() } }

    /// The broker's catalogue differs in these files. Blocks.
    func announce(_ differences: Set<RelativePath>) {
        let unknown = state.withLock { state in
            differences.filter { state.table[$0] == nil && !state.work.contains($0) }
        }
        // It is there, and was not read by this process: with its state lost, or just after a write, a walk does not have it
        // read at once. What the catalogue has of it is not withdrawn for that.
        let unread = unknown.filter(folder.publishes)
        wake(state.withLock { $0.announce(differences, unread: unread) })
    }

    /// Takes out up to `limit` files to tell the broker of; waits until there is one. Empty when the task is cancelled. For
    /// one caller.
    func nextAnnouncements(limit: Int) async -> [RelativePath] {
        while !Task.isCancelled {
            let paths = state.withLock { $0.announcements.take(limit) }
            if !paths.isEmpty { return paths }
            await news.wait()
        }
        return []
    }

    // MARK: Where it is

    /// The whole folder has been walked.
    func noteWalk() {
        guard !walked.isSet else { return }
        walked.set()
        firstWalk.raise()
        reports.logger.info("the folder was walked", ["folder": folder.root, "published": count])
    }

    /// - Returns: Whether it was there until now.
    func setAway(_ path: RelativePath, _ reason: String, seen: FolderPlace?) -> Bool {
        let isNews = places.setAway(path, reason, seen: seen)
        if isNews { placesChanged.raise() }
        return isNews
    }

    /// - Returns: Whether it was away until now. Blocks.
    func setPresent(_ path: RelativePath, _ place: FolderPlace, isMount: Bool) -> Bool {
        let (wasAway, known) = places.setPresent(path, place, isMount: isMount)
        if let known {
            do {
                try store.keep(known, root: folder.root)
            } catch {
                reports.logger.warning("the state cannot be written", ["error": error])
            }
        }
        if wasAway { placesChanged.raise() }
        return wasAway
    }
}

extension Outcome {
    fileprivate var concernsStore: Bool {
        switch self {
        case .made, .removed: true
        case .unreachable, .unchanged, .unfinished, .unsettled, .stopped: false
        }
    }
}
