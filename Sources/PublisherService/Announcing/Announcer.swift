internal import Catalogue
internal import Platform
internal import Synchronization
internal import Wire

/// Keeps the broker's catalogue of the group equal to what is published.
final class Announcer: Sendable {
    private let link: BrokerLink
    private let store: DigestStore
    private let files: PublishedFiles
    private let standing: BrokerStanding
    private let logger: Logger
    private let told = Locked(ToldStanding())
    private let pool = BlockingPool(name: "announce", threads: 1)
    /// The last ``Claim/announced``.
    private let announced = Locked<UInt64>(0)

    init(link: BrokerLink, store: DigestStore, files: PublishedFiles, standing: BrokerStanding, logger: Logger) {
        self.link = link
        self.store = store
        self.files = files
        self.standing = standing
        self.logger = logger
    }

    /// Announces until the task is cancelled; then gives the lease back.
    func run() async {
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                try await session(&backoff)
            } catch BrokerFailure.held(let detail) {
                set(.apart(detail))
                await pause(.seconds(5) * Double.random(in: 0.8...1.2))
                continue
            } catch {
                if !Task.isCancelled { set(.apart("\(error)")) }
            }
            await pause(backoff.pause())
        }
        // In a task of its own, for this one is cancelled.
        await Task { await release() }.value
    }

    /// From a claim to the first failure.
    private func session(_ backoff: inout Backoff) async throws {
        let first = try await renew()
        let isAnnouncing = Flag()
        defer {
            files.stopAnnouncing()
            if isAnnouncing.isSet { backoff.reset() }
        }
        files.startAnnouncing()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // From the beginning: to compare a large group takes longer than a lease lasts.
            group.addTask { try await self.keepLease(first) }
            group.addTask {
                let (differences, announced) = try await self.compare()
                await self.pool.run { [files = self.files] in files.announce(differences) }
                self.set(.announcing)
                isAnnouncing.set()
                try await self.announce(under: first, differences, beyond: announced)
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Until a lease of so many seconds is renewed: brokers may say any number.
    static func pause(between seconds: Double) -> Duration {
        min(max(Duration(saturatingSeconds: seconds / 3), shortestPause), longestPause)
    }

    private static let shortestPause = Duration.milliseconds(50)
    /// A broker that was started anew is noticed after so long, whatever it said before.
    private static let longestPause = Duration.seconds(60)

    /// Renews the lease until it turns out to be another one.
    private func keepLease(_ first: Lease) async throws {
        var seconds = first.seconds
        while true {
            await untilRenewal(seconds)
            try Task.checkCancellation()
            let renewed = try await renew()
            guard renewed.lease == first.lease, renewed.epoch == first.epoch else {
                throw BrokerFailure.leaseLost("the broker was started anew, or the lease had run out")
            }
            seconds = renewed.seconds
        }
    }

    private func renew(announced: UInt64? = nil) async throws(BrokerFailure) -> Lease {
        let lease = try await link.renew(announced: announced, isAway: files.places.isAway)
        standing.renewed(lease)
        let isNews = told.withLock { $0.warn(lease.warning) }
        if isNews, let warning = lease.warning { logger.warning("the broker warns", ["warning": warning]) }
        return lease
    }

    /// A third of a lease's seconds; shorter when the folder goes away or comes back.
    private func untilRenewal(_ seconds: Double) async {
        await withTaskGroup { group in
            group.addTask { await self.pause(Self.pause(between: seconds)) }
            group.addTask { await self.files.placesChanged.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    /// Sends what has changed, for as long as the lease is good; what changes meanwhile goes in the next batch.
    ///
    /// - Parameters:
    ///   - differences: between the catalogue and what is published; when the broker has heard of all, it is told so.
    ///   - announced: what the catalogue says of that so far.
    private func announce(
        under lease: Lease, _ differences: Set<RelativePath>, beyond announced: UInt64?
    ) async throws {
        var unsaid: Set<RelativePath>? = differences
        while true {
            if unsaid?.isEmpty == true {
                unsaid = nil
                try await tellThatAllIsSaid(under: lease, beyond: announced)
            }
            let paths = await files.nextAnnouncements(limit: Announcements.limit)
            try Task.checkCancellation()
            let datasets = try await pool.run { [store] in try store.datasets(at: paths) }
            let (batch, rest) = AnnouncementBatch.make(of: paths, datasets: datasets, group: link.group)
            files.announce(rest)
            try await send(batch, under: lease)
            unsaid?.subtract(batch.entries.map(\.path))
            // A publisher is to be as small as what it knows, not as what it said.
            if paths.count > 1000 { await pool.run { Memory.trim() } }
        }
    }

    private func send(_ batch: AnnouncementBatch, under lease: Lease) async throws {
        do {
            let answer = try await link.announce(batch.body, lease: lease.lease)
            guard answer.epoch == lease.epoch else { throw BrokerFailure.leaseLost("the broker was started anew") }
            if let first = batch.entries.first, batch.entries.count == 1 {
                logger.info("announced", ["path": first.path])
            } else {
                logger.info("announced", ["files": batch.entries.count])
            }
        } catch BrokerFailure.refused(let status, let detail) {
            // One change that the broker does not take must not keep the others from it.
            guard let halves = batch.halves else {
                logger.error(
                    "the broker refuses what is said of a file",
                    ["path": batch.entries[0].path, "status": status, "reason": detail])
                return
            }
            for half in halves { try await send(half, under: lease) }
        }
    }

    /// Followers of the catalogue that knew more of the group from another log forget it then, and not before.
    private func tellThatAllIsSaid(under lease: Lease, beyond known: UInt64?) async throws {
        // The time, because it is greater than what was said before this program started; and what was said, because the
        // clock may have been set back.
        let now = UInt64(max(0, Timestamp.now.seconds))
        let number = announced.withLock { announced in
            announced = max(now, max(announced, known ?? 0).addingReportingOverflow(1).partialValue)
            return announced
        }
        let renewed = try await renew(announced: number)
        guard renewed.lease == lease.lease, renewed.epoch == lease.epoch else {
            throw BrokerFailure.leaseLost("the broker was started anew, or the lease had run out")
        }
    }

    private func compare() async throws -> (differences: Set<RelativePath>, announced: UInt64?) {
        let comparison = CatalogueComparison(group: link.group)
        try await pool.run { [store] in try store.forEachDataset { comparison.addOwn($0, $1) } }
        try await link.catalogue { try comparison.addLine($0) }
        return await pool.run {
            defer { Memory.trim() }
            return (comparison.differences, comparison.announced)
        }
    }

    private func release() async {
        guard let lease = standing.snapshot.lease else { return }
        do {
            try await link.release(lease.lease)
        } catch {
            // It runs out by itself.
            logger.debug("the lease was not given back", ["reason": error])
        }
    }

    /// Logs each turn once, and less often the more there are.
    private func set(_ news: BrokerStanding.Standing) {
        guard standing.set(news), let silent = told.withLock({ $0.turn(to: news, at: .now) }) else { return }
        let more = silent > 0 ? "\(silent) more turns since the last line" : nil
        switch news {
        case .announcing:
            logger.info("announcing", ["broker": link.broker, "group": link.group])
        case .apart(let reason):
            logger.warning(
                "not announcing; the data are served, and it is tried again",
                ["reason": more.map { "\(reason) (\($0))" } ?? reason])
        }
    }

    private func pause(_ time: Duration) async {
        // Cancelled: the caller's loop ends.
        try? await Task.sleep(for: time)
    }
}
