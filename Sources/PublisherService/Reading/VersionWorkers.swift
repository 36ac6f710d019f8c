internal import Catalogue
internal import Platform
internal import Synchronization

/// Reads the files that are to be looked at, and takes what comes of it into store and index.
final class VersionWorkers: Sendable {
    private let reader: FileReader
    private let store: DigestStore
    private let reports: Reports
    private let announcements: AnnouncementQueue
    private let ask: @Sendable (FolderWatcher.Request) -> Void
    private let pool = BlockingPool(name: "digests", threads: WorkList.Lane.allCases.count)
    private let work = Locked(WorkList())
    private let wakeups: [(lane: WorkList.Lane, stream: AsyncStream<Void>, raise: AsyncStream<Void>.Continuation)]

    /// - Parameter ask: passes requests to the watcher.
    init(
        reader: FileReader, store: DigestStore, reports: Reports, announcements: AnnouncementQueue,
        ask: @escaping @Sendable (FolderWatcher.Request) -> Void
    ) {
        self.reader = reader
        self.store = store
        self.reports = reports
        self.announcements = announcements
        self.ask = ask
        wakeups = WorkList.Lane.allCases.map { lane in
            let (stream, raise) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            return (lane, stream, raise)
        }
    }

    /// Files that wait to be looked at, or are being read.
    var pendingCount: Int { work.withLock { $0.count } }
    func isPending(_ path: RelativePath) -> Bool { work.withLock { $0.contains(path) } }

    func add(_ jobs: [WorkList.Job]) {
        work.withLock { work in for job in jobs { work.add(job) } }
        for wakeup in wakeups { wakeup.raise.yield() }
    }

    /// Files that were quiet for long enough.
    func trust(_ quiet: [(RelativePath, FileIdentity)]) {
        let trusted = quiet.filter { reader.index.trust($0.0, as: $0.1) }.map(\.0)
        do {
            try store.trust(trusted)
        } catch {
            // After a restart these files are read again; nothing else is lost.
            reports.logger.warning("the state cannot be written", ["error": error])
        }
    }

    /// Works until the task is cancelled. What is being read then is given up.
    func run() async {
        await withTaskCancellationHandler {
            await withTaskGroup { group in
                for wakeup in wakeups {
                    group.addTask { [self] in
                        for await _ in wakeup.stream {
                            var rounds = 0
                            while await workOnce(wakeup.lane), !Task.isCancelled { rounds += 1 }
                            if rounds > 16 { await pool.run { Memory.trim() } }
                        }
                    }
                }
            }
        } onCancel: {
            reader.stop.set()
        }
    }

    /// - Returns: Whether there was something to do.
    private func workOnce(_ lane: WorkList.Lane) async -> Bool {
        let jobs = work.withLock { $0.next(lane) }
        guard !jobs.isEmpty else { return false }
        let (outcomes, failure) = await pool.run { [self] in
            let outcomes = jobs.map(reader.outcome)
            return (outcomes, record(outcomes))
        }
        if failure { await recordLater(outcomes) }
        finish(jobs)
        return true
    }

    /// A full disk is waited for: what was read is not thrown away, and not announced before it is kept.
    private func recordLater(_ outcomes: [Outcome]) async {
        var backoff = Backoff(from: .milliseconds(500), to: .seconds(10))
        while !Task.isCancelled {
            // Cancelled meanwhile: the loop ends.
            try? await Task.sleep(for: backoff.pause())
            if await !pool.run({ [self] in record(outcomes) }) { return }
        }
    }

    private func finish(_ jobs: [WorkList.Job]) {
        let isAsked = work.withLock { work in jobs.map { work.finish($0.path) }.contains(true) }
        if isAsked { for wakeup in wakeups { wakeup.raise.yield() } }
    }

    /// Takes outcomes into the store, then into the index, then to the broker.
    ///
    /// - Returns: Whether the store failed.
    private func record(_ outcomes: [Outcome]) -> Bool {
        let changed: [Bool?]
        do {
            let isNeeded = outcomes.contains(where: \.concernsStore)
            changed = try isNeeded ? store.apply(outcomes) : outcomes.map { _ in false }
        } catch {
            reports.logger.error("the state cannot be written, and is tried again", ["error": error])
            return true
        }
        var news: [RelativePath] = []
        for (outcome, changed) in zip(outcomes, changed) {
            guard let changed else {
                add([WorkList.Job(path: outcome.path, mustRead: true)])
                continue
            }
            note(outcome)
            if changed { news.append(outcome.path) }
        }
        announcements.add(news)
        announcements.finish(outcomes.map(\.path))
        return false
    }

    private func note(_ outcome: Outcome) {
        if case .unfinished(let path, let reason) = outcome { return noteUnfinished(path, reason) }
        reader.unfinished.clear(outcome.path)
        switch outcome {
        case .made(let made):
            reader.index.put(made.entry, at: made.path)
            if !made.entry.isTrusted { ask(.trust(made.path, made.entry.identity)) }
            if let warning = made.dataset.warning {
                reports.problem(made.path, warning, "published as a plain file")
            } else {
                reports.clear(made.path)
            }
            reports.logger.debug("read", ["path": made.path, "version": made.entry.version.short])
        case .removed(let path, let reason):
            reader.index.remove(path)
            if reason == .absent { reports.clear(path) } else { reports.problem(path, "\(reason)") }
        case .unreachable(let path, let reason):
            reports.problem(path, "\(reason)", "cannot be read, and stays as it was")
            ask(.check)
        case .unsettled(let path): ask(.settle(path))
        case .unchanged, .unfinished, .stopped: break
        }
    }

    private func noteUnfinished(_ path: RelativePath, _ reason: String) {
        let (pause, isLong) = reader.unfinished.note(path)
        if isLong {
            reports.logger.info(
                "a frame is not whole; the version before stays until it is", ["path": path, "reason": reason])
        }
        ask(.retry(path, after: pause))
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
