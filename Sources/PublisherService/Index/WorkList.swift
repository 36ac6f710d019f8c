internal import Platform

/// The files that are to be looked at, each by one worker at a time; a file that is asked for again is looked at again.
struct WorkList {
    struct Job: Hashable, Sendable {
        let path: RelativePath
        /// Decides which lane it takes; what it was when it was asked for.
        var size: Int64 = 0
        /// The name it had until now.
        var origin: RelativePath?
        /// No writer is at work on it: it was moved into place.
        var isWhole = false
        /// The store turned out not to have what it should.
        var mustRead = false
    }

    enum Lane: CaseIterable {
        /// Files of which a few pass quickly, and those that are gone.
        case small
        case large
        /// Of which one takes minutes.
        case huge
    }

    private enum Stage {
        case waiting(Job)
        case running
        case runningAndAsked(Job)
    }

    /// Larger files take a lane of their own, so that no small one waits for them.
    static let smallLimit: Int64 = 8 << 20
    static let largeLimit: Int64 = 4 << 30

    private var stages: [RelativePath: Stage] = [:]
    private var small = Queue<RelativePath>()
    private var large = Queue<RelativePath>()
    private var huge = Queue<RelativePath>()

    var isEmpty: Bool { stages.isEmpty }
    var count: Int { stages.count }
    func contains(_ path: RelativePath) -> Bool { stages[path] != nil }

    mutating func add(_ job: Job) {
        switch stages[job.path] {
        case nil:
            stages[job.path] = .waiting(job)
            enqueue(job)
        // It has its place in the queue.
        case .waiting: stages[job.path] = .waiting(job)
        case .running, .runningAndAsked: stages[job.path] = .runningAndAsked(job)
        }
    }

    /// The next jobs for a worker: several small ones, to share a transaction, or one large one.
    mutating func next(_ lane: Lane, limit: Int = 64) -> [Job] {
        if lane == .huge, let path = huge.popFirst() { return [start(path)] }
        if lane == .large, let path = large.popFirst() { return [start(path)] }
        var jobs: [Job] = []
        var bytes: Int64 = 0
        while jobs.count < limit, bytes < Self.smallLimit, let path = small.popFirst() {
            let job = start(path)
            bytes += job.size
            jobs.append(job)
        }
        return jobs
    }

    /// - Returns: Whether the file was asked for again meanwhile.
    mutating func finish(_ path: RelativePath) -> Bool {
        guard case .runningAndAsked(let job) = stages.removeValue(forKey: path) else { return false }
        add(job)
        return true
    }

    private mutating func enqueue(_ job: Job) {
        switch job.size {
        case ...Self.smallLimit: small.append(job.path)
        case ...Self.largeLimit: large.append(job.path)
        default: huge.append(job.path)
        }
    }

    private mutating func start(_ path: RelativePath) -> Job {
        guard case .waiting(let job) = stages.updateValue(.running, forKey: path) else {
            preconditionFailure("'\(path)' is queued and does not wait")
        }
        return job
    }
}
