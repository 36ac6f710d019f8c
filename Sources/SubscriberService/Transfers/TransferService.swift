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
    private let slots: RequestSlots
    /// Where frames are read.
    private let pool: BlockingPool
    private let log: Logger
    private let room = Locked<RoomKeeper>(RoomKeeper())
    private let observers = Locked<[@Sendable (Mirror, MirrorEvent) -> Void]>([])

    /// - Parameter concurrency: requests for chunks that are under way at the same time, over all mirrors.
    init(fetcher: Fetcher, directory: any SourceDirectory, concurrency: Int, pool: BlockingPool, log: Logger) {
        self.fetcher = fetcher
        self.directory = directory
        self.pool = pool
        self.log = log
        slots = RequestSlots(concurrency)
        // Bounded by what is in demand: each mirror has at most `Presence.workerLimit` workers, each dataset one job.
        (jobs, queue) = AsyncStream.makeStream(of: Job.self)
    }

    /// Adds an observer: called for all that happens to any mirror, by whoever does it; it must not block.
    func observe(_ observer: @Sendable @escaping (Mirror, MirrorEvent) -> Void) {
        observers.withLock { $0.append(observer) }
    }

    /// Has `keeper` see to it that there is room before anything is fetched.
    func keepRoom(_ keeper: any RoomKeeping & AnyObject) { room.withLock { $0.keeper = keeper } }

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

    private func fetch(_ request: BlockRequest, of mirror: Mirror) async -> Result<Void, FetchFailure> {
        happened(.requested, to: mirror)
        let need = RoomNeed(request.bytes(of: mirror.manifest), .indispensable)
        return await withRoom(need, mirror) {
            await whenItIsItsTurn(mirror, size: request.size) { () throws(FetchFailure) in
                try await fetcher.fetch(request, of: mirror, from: sources(of: mirror))
            }
        }
    }

    // MARK: MirrorFilling

    func start(_ mirror: Mirror) -> Bool { submit { await self.work(on: mirror) } }

    func start(_ fetch: BlockFetch, of mirror: Mirror) -> Bool {
        // A child of this service: an asker that leaves does not end it for the others.
        submit { [self] in
            let outcome = await self.fetch(fetch.request, of: mirror)
            // Where all is that is on its way is known from now on. A frame that cannot be read fails those who read it.
            _ = try? await mirror.readLayout(on: pool)
            mirror.ended(fetch, outcome)
        }
    }

    func happened(_ event: MirrorEvent, to mirror: Mirror) {
        for observer in observers.withLock({ $0 }) { observer(mirror, event) }
    }

    // MARK: -

    private func work(on mirror: Mirror) async {
        while let run = mirror.claim() {
            happened(.requested, to: mirror)
            let bytes = mirror.manifest.chunks[run.chunks].saturatingSum(\.length)
            let outcome = await whileWanted(mirror) { [self] in
                await withRoom(RoomNeed(bytes, mirror.isAwaited ? .awaited : .none), mirror) {
                    await whenItIsItsTurn(mirror, size: nil) { () throws(FetchFailure) in
                        try await fetcher.fetch(run.chunks, of: mirror, from: sources(of: mirror))
                    }
                }
            }
            if case .failure(let failure)? = outcome {
                log.debug("a fetch failed", ["version": mirror.version.short, "error": failure])
                return mirror.workerFailed(run, failure)
            }
            mirror.release(run)
        }
    }

    /// Ends `body` when a newer version has taken the mirror's place and nobody reads it: its requests would keep places, and
    /// those of a silent publisher until they time out.
    ///
    /// - Returns: `nil` when that happened.
    private func whileWanted(
        _ mirror: Mirror, _ body: @Sendable @escaping () async -> Result<Void, FetchFailure>
    ) async -> Result<Void, FetchFailure>? {
        await withTaskGroup(of: Result<Void, FetchFailure>?.self) { group in
            group.addTask { await body() }
            group.addTask {
                await mirror.untilUnwanted()
                return nil
            }
            let first = await group.next() ?? nil
            let isUnwanted = first == nil && !Task.isCancelled
            group.cancelAll()
            let second = await group.next() ?? nil
            return isUnwanted ? nil : first ?? second
        }
    }

    /// Runs `body` when there is room for what it fetches; once more when the disk is full and something could go.
    private func withRoom(
        _ need: RoomNeed, _ mirror: Mirror, _ body: () async -> Result<Void, FetchFailure>
    ) async -> Result<Void, FetchFailure> {
        guard let keeper = room.withLock({ $0.keeper }) else { return await body() }
        if let failure = await keeper.reserve(need, for: mirror) { return .failure(failure) }
        defer { keeper.release(need, for: mirror) }
        let outcome = await body()
        guard case .failure(let failure) = outcome, failure.isLocal else { return outcome }
        keeper.note(failure)
        guard failure.reason == .noRoom, await keeper.relieveDisk(of: need.bytes) else { return outcome }
        return await body()
    }

    private func whenItIsItsTurn(
        _ mirror: Mirror, size: Int?, _ body: () async throws(FetchFailure) -> Void
    ) async -> Result<Void, FetchFailure> {
        let group = mirror.askedFor.first?.group ?? ""
        do {
            return try await slots.with(
                .init(group: group, version: mirror.version, size: size) { size != nil || mirror.isAwaited }
            ) {
                do throws(FetchFailure) { return .success(try await body()) } catch { return .failure(error) }
            }
        } catch {
            return .failure(FetchFailure(.stopping, "the subscriber is stopping"))
        }
    }

    private func sources(of mirror: Mirror) -> [Source] {
        var known: Set<Source> = []
        return mirror.askedFor.flatMap { directory.sources(of: $0) }.filter { known.insert($0).inserted }
    }
}

/// Who keeps room owns the service that asks for it.
private struct RoomKeeper {
    weak var keeper: (any RoomKeeping & AnyObject)?
}

extension BlockRequest {
    /// Bytes that the blocks take, about: how long each is says only their chunk's head.
    fileprivate func bytes(of manifest: Manifest) -> Int64 {
        let mean = manifest.size / Int64(max(manifest.chunks.count, 1))
        return (parts + arrayParts).saturatingSum { part in
            part.blocks.isEmpty ? mean : min(mean, Int64(part.blocks.count) *| max(mean / 16, 4096))
        }
    }
}
