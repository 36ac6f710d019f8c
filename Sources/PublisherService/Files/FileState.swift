internal import Catalogue
internal import Platform

/// All that changes of the published files; no I/O. Events are methods; whom they concern is their result.
struct FileState {
    var table = FileTable()
    var work = WorkList()
    var announcements = AnnouncementList()
    var unfinished = UnfinishedFrames()
    private var requests: [WatchRequest] = []

    /// Who has something to do now.
    struct Wakes: OptionSet {
        let rawValue: Int
        static let watcher = Wakes(rawValue: 1)
        static let workers = Wakes(rawValue: 2)
        static let announcer = Wakes(rawValue: 4)
    }

    mutating func ask(_ request: WatchRequest) -> Wakes {
        requests.append(request)
        return .watcher
    }

    mutating func takeRequests() -> [WatchRequest] {
        defer { requests = [] }
        return requests
    }

    mutating func look(at jobs: [WorkList.Job]) -> Wakes {
        for job in jobs { work.add(job) }
        return jobs.isEmpty ? [] : .workers
    }

    /// - Returns: Those that are still what was read.
    mutating func trust(_ quiet: [(RelativePath, FileIdentity)]) -> [RelativePath] {
        quiet.filter { table.trust($0.0, as: $0.1) }.map(\.0)
    }

    /// Files were looked at, and the store has what came of it.
    ///
    /// - Parameter news: of each whether the broker has something to hear; nil where the store did not have what it should.
    /// - Returns: also the files that have not been whole for long.
    mutating func take(_ outcomes: [Outcome], _ news: [Bool?]) -> (wakes: Wakes, broken: Set<RelativePath>) {
        var wakes: Wakes = [], broken: Set<RelativePath> = [], said: [RelativePath] = []
        for (outcome, isNews) in zip(outcomes, news) {
            if let isNews {
                wakes.formUnion(note(outcome, &broken))
                if isNews { said.append(outcome.path) }
            } else {
                work.add(WorkList.Job(path: outcome.path, mustRead: true))
            }
            if work.finish(outcome.path) { wakes.insert(.workers) }
        }
        let hasMore = announcements.add(said), hasWaited = announcements.finish(outcomes.map(\.path))
        if hasMore || hasWaited { wakes.insert(.announcer) }
        return (wakes, broken)
    }

    private mutating func note(_ outcome: Outcome, _ broken: inout Set<RelativePath>) -> Wakes {
        if case .unfinished(let path, _) = outcome {
            let (pause, isLong) = unfinished.note(path)
            if isLong { broken.insert(path) }
            return ask(.retry(path, after: pause))
        }
        unfinished.clear(outcome.path)
        switch outcome {
        case .made(let made):
            table.put(made.entry, at: made.path)
            return made.entry.isTrusted ? [] : ask(.trust(made.path, made.entry.identity))
        case .removed(let path, _):
            table.remove(path)
            return []
        case .unreachable: return ask(.check)
        case .unsettled(let path): return ask(.settle(path))
        case .unchanged, .unfinished, .stopped: return []
        }
    }

    /// Files in which the broker's catalogue differs: of those that are being looked at something is said afterwards.
    ///
    /// - Parameter unread: those of them that are there, and are to be looked at unless they are known by now.
    mutating func announce(_ differences: Set<RelativePath>, unread: Set<RelativePath>) -> Wakes {
        var wakes = look(at: unread.filter { table[$0] == nil }.map { WorkList.Job(path: $0) })
        let pending = differences.filter(work.contains)
        announcements.wait(for: pending)
        if announcements.add(differences.subtracting(pending)) { wakes.insert(.announcer) }
        return wakes
    }
}
