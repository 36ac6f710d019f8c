import Catalogue
import Platform
import Synchronization
import Versions

/// Runs the workers that fill mirrors.
///
/// Workers are children of ``run()``: they end with it, and nothing else starts tasks.
final class TransferService: MirrorFilling {
    typealias Job = @Sendable () async -> Void

    private let jobs: AsyncStream<Job>
    private let queue: AsyncStream<Job>.Continuation
    private let fetcher: Fetcher
    private let directory: any SourceDirectory
    private let slots: Slots
    private let log: Logger
    private let onProgress = Locked<(@Sendable (Mirror, FetchFailure?) -> Void)?>(nil)
    private let backoffs = Locked<[Version: Backoff]>([:])

    /// - Parameter concurrency: requests for chunks that are under way at the same time, over all mirrors.
    init(fetcher: Fetcher, directory: any SourceDirectory, concurrency: Int, log: Logger) {
        self.fetcher = fetcher
        self.directory = directory
        self.log = log
        slots = Slots(concurrency)
        // Bounded by what mirrors are in demand: each has at most `MirrorState.workerLimit` workers and one retry.
        (jobs, queue) = AsyncStream.makeStream(of: Job.self)
    }

    /// Called for each chunk that arrives, and with the reason when a version that is wanted cannot be had for now.
    func observe(_ observer: @Sendable @escaping (Mirror, FetchFailure?) -> Void) {
        onProgress.withLock { $0 = observer }
    }

    func run() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs { group.addTask { await job() } }
            queue.finish()
            group.cancelAll()
        }
        // What was queued after the end of the loop is told so by `submit`.
    }

    /// Runs `job` as a child of ``run()``; false when that is over.
    func submit(_ job: @escaping Job) -> Bool {
        if case .terminated = queue.yield(job) { false } else { true }
    }

    /// Fetches blocks of a mirror.
    func fetch(_ request: BlockRequest, of mirror: Mirror) async -> Result<Void, FetchFailure> {
        do {
            try await slots.acquire()
        } catch {
            return .failure(FetchFailure(.stopping, "the subscriber is stopping"))
        }
        defer { slots.release() }
        do {
            return .success(try await fetcher.fetch(request, of: mirror, from: sources(of: mirror)))
        } catch {
            return .failure(error)
        }
    }

    // MARK: MirrorFilling

    func start(_ mirror: Mirror) -> Bool { submit { await self.work(on: mirror) } }

    func progressed(_ mirror: Mirror) {
        backoffs.withLock { $0[mirror.version] = nil }
        onProgress.withLock { $0 }?(mirror, nil)
    }

    func retry(_ mirror: Mirror, after failure: FetchFailure) {
        onProgress.withLock { $0 }?(mirror, failure)
        let pause = backoffs.withLock {
            if $0.count > 10_000 { $0 = [:] }
            return $0[mirror.version, default: Backoff(from: .milliseconds(50), to: .seconds(2))].pause()
        }
        let accepted = submit {
            guard (try? await Task.sleep(for: pause)) != nil else { return }
            // A version that the catalogue has replaced is not to be had any more; its successor is wanted instead.
            if !self.directory.isCurrent(mirror.version, at: mirror.askedFor) { mirror.wantAll(false) }
            mirror.pauseEnded()
        }
        if !accepted { log.debug("not trying again: the subscriber is stopping") }
    }

    // MARK: -

    private func work(on mirror: Mirror) async {
        while let run = mirror.claim() {
            do {
                try await slots.acquire()
            } catch {
                mirror.release(run)
                return mirror.workerFailed(FetchFailure(.stopping, "the subscriber is stopping"))
            }
            do {
                defer { slots.release() }
                try await fetcher.fetch(run, of: mirror, from: sources(of: mirror))
                mirror.release(run)
            } catch {
                log.debug("a fetch failed", ["version": mirror.version.short, "error": error])
                mirror.release(run)
                return mirror.workerFailed(error)
            }
        }
    }

    private func sources(of mirror: Mirror) -> [Source] {
        var known: Set<Source> = []
        return mirror.askedFor.flatMap { directory.sources(of: $0) }.filter { known.insert($0).inserted }
    }
}
