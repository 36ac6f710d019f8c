import Catalogue
import Platform
import Synchronization
import Wire

/// Grants leases, and writes into the log who holds which group.
///
/// The log is the truth about groups, and its observer keeps the book up to date before an append returns. Every write
/// expects the group's line to be at the revision that the decision was made on, so that even two brokers over one log
/// cannot give a group away twice.
final class LeaseKeeper: Sendable {
    let duration: Duration
    private let log: any ChangeLog
    private let logger: Logger
    private let clock: any SteadyClock
    private let book: Locked<LeaseBook>
    /// By names as strings: two that look the same may not come at the same time either.
    private let groupLocks = KeyedLock<String>()
    private let groupLimit: Int

    /// Attempts to write over a group's line that others change at the same time.
    private static let attempts = 10

    init(
        log: any ChangeLog, duration: Duration, groupLimit: Int, logger: Logger, clock: any SteadyClock
    ) async throws(LogError) {
        self.log = log
        self.duration = duration
        self.groupLimit = groupLimit
        self.logger = logger
        self.clock = clock
        book = Locked(LeaseBook())
        let state = log.observe { [weak self] in self?.note($0.entries) }
        for name in state.digests.keys {
            if let entry = try await log.entry(of: name) { note([entry]) }
        }
        book.withLock { $0.startGrace(until: clock.now + duration) }
    }

    private func note(_ entries: [LogEntry]) {
        for entry in entries where entry.kind == .group {
            do {
                let group = try WireJSON.decode(Group.self, from: Array(entry.value), .message)
                book.withLock { $0.note(group, at: entry.revision) }
            } catch {
                logger.error("a group's line in the log is damaged", ["group": entry.key, "error": error])
            }
        }
    }

    var groups: [Group] { book.withLock { $0.groups } }

    func group(_ name: GroupName) -> Group? { book.withLock { $0.record(of: name.text)?.group } }

    /// Claims a group for a publisher, or renews its claim.
    func claim(_ name: GroupName, _ claim: Claim) async throws(Refusal) -> Lease {
        let claim = try claim.checked()
        return try await groupLocks.withLock(name.text) { () async throws(Refusal) -> Lease in
            for _ in 0..<Self.attempts {
                let record = book.withLock { $0.record(of: name.text) }
                try check(name, record, claim)
                let wanted = Self.group(name, record?.group, claim)
                if record?.group != wanted {
                    guard try await write(wanted, over: record) else { continue }
                    logger.info("a group is online", ["group": name.text, "publisher": wanted.publisher])
                }
                let now = clock.now
                let token = book.withLock {
                    $0.grant(name.text, to: claim.identity.publicName, now: now, until: now + duration)
                }
                return Lease(
                    group: name.text, lease: token, seconds: duration / .seconds(1), epoch: log.epoch,
                    revision: log.state.revision, warning: book.withLock { $0.warning(of: name.text) })
            }
            throw Refusal(503, "others claim '\(name)' at the same time: try again")
        }
    }

    private func check(
        _ name: GroupName, _ record: LeaseBook.Record?, _ claim: CheckedClaim
    ) throws(Refusal) {
        guard let group = record?.group else {
            let (lookalike, count) = book.withLock { ($0.lookalike(of: name.text), $0.groupCount) }
            if lookalike != nil {
                throw Refusal(
                    409,
                    "there is a group whose name looks the same and has other bytes: take its spelling, or another name"
                )
            }
            if count >= groupLimit { throw Refusal(507, "the broker has \(groupLimit) groups, which is its limit") }
            return
        }
        if group.online, let held = group.instance, let own = claim.instance, held != own,
            group.publisher == claim.identity.publicName
        {
            let there = group.urls.joined(separator: ", "), here = claim.urls.joined(separator: ", ")
            book.withLock {
                $0.warn(
                    name.text,
                    "a publisher at \(here) has a copy of this publisher's state and was refused: "
                        + "give it a state folder of its own")
            }
            throw Refusal(
                409,
                "the group '\(name)' is held by a publisher\(there.isEmpty ? "" : " at \(there)") with the same secret: "
                    + "this state folder is a copy of its state, or has been moved. Stop it, or give this publisher a "
                    + "state folder of its own and another group; of a publisher that is gone the lease runs out")
        }
        if group.online && group.publisher != claim.identity.publicName {
            let place = group.urls.isEmpty ? "" : " at \(group.urls.joined(separator: ", "))"
            throw Refusal(
                409,
                "the group '\(name)' is held by the publisher \(group.publisher)\(place): stop it, wait until its "
                    + "lease has run out, or take another name")
        }
    }

    /// The group's line after a claim.
    private static func group(_ name: GroupName, _ current: Group?, _ claim: CheckedClaim) -> Group {
        let stays = current.map { $0.online && $0.publisher == claim.identity.publicName } ?? false
        return Group(
            name: name.text, publisher: claim.identity.publicName, urls: claim.urls, class: claim.class, online: true,
            since: stays ? current?.since ?? 0 : Timestamp.now.seconds,
            announced: [current?.announced, claim.announced].compactMap { $0 }.max(), away: claim.away,
            instance: claim.instance)
    }

    /// Writes a group's line; false when somebody was faster.
    private func write(_ group: Group, over record: LeaseBook.Record?) async throws(Refusal) -> Bool {
        do {
            _ = try await log.append([.group(group)], expecting: [group.name: record?.revision ?? 0])
            return true
        } catch {
            if error.code == .conflict { return false }
            logger.error("a group's line was not written", ["group": group.name, "error": error])
            throw Refusal(error)
        }
    }

    /// Appends a publisher's changes under its lease.
    func announce(_ changes: [Change], lease token: String) async throws(Refusal) -> [Revision] {
        for _ in 0..<Self.attempts {
            let record = try record(ofLease: token)
            for change in changes where !change.groupName.utf8.elementsEqual(record.group.name.utf8) {
                throw Refusal(400, "'\(change.key)' is not of the group '\(record.group.name)', which the lease is for")
            }
            do {
                return try await log.append(changes, expecting: [record.group.name: record.revision])
            } catch {
                // The group's line has moved: renewed with other URLs, which is fine, or lost, which the book knows.
                if error.code == .conflict { continue }
                logger.error("changes were not written", ["group": record.group.name, "error": error])
                throw Refusal(error)
            }
        }
        throw Refusal(503, "the group changes too often: try again")
    }

    func record(ofLease token: String) throws(Refusal) -> LeaseBook.Record {
        guard let record = book.withLock({ $0.record(ofLease: token, now: clock.now) }) else {
            throw Refusal(403, "the lease is unknown or has run out: claim the group again")
        }
        return record
    }

    /// Gives a lease back before its time.
    func release(_ name: GroupName, lease token: String) async throws(Refusal) {
        try await groupLocks.withLock(name.text) { () async throws(Refusal) -> Void in
            let record = try record(ofLease: token)
            guard record.group.name.utf8.elementsEqual(name.text.utf8) else {
                throw Refusal(403, "the lease is for the group '\(record.group.name)', not for '\(name)'")
            }
            try await markOffline(name.text)
        }
    }

    /// To be called with the group's lock held.
    private func markOffline(_ name: String) async throws(Refusal) {
        for _ in 0..<Self.attempts {
            guard let record = book.withLock({ $0.record(of: name) }), record.group.online else { break }
            var group = record.group
            group.online = false
            group.away = nil
            group.since = Timestamp.now.seconds
            if try await write(group, over: record) { break }
        }
        book.withLock { $0.end(name) }
        logger.info("a group is offline", ["group": name])
    }

    /// Takes groups offline whose leases run out; until cancelled.
    func run() async throws {
        while true {
            let now = clock.now
            // A new lease ends after the duration at the earliest: nothing can be due before.
            let deadline = min(book.withLock { $0.nextDeadline } ?? now + duration, now + duration)
            let wakeUp = max(deadline, now + .milliseconds(10))
            try await clock.sleep(until: wakeUp)
            if clock.now > wakeUp + max(duration / 2, .seconds(1)) {
                logger.warning("the broker was asleep: leases get more time")
                book.withLock { $0.extendAll(to: clock.now + duration) }
                continue
            }
            await expire()
        }
    }

    private func expire() async {
        await withDiscardingTaskGroup { group in
            for name in book.withLock({ $0.expired(now: clock.now) }) { group.addTask { await self.expire(name) } }
        }
    }

    private func expire(_ name: String) async {
        await groupLocks.withLock(name) {
            guard book.withLock({ $0.hasExpired(name, now: clock.now) }) else { return }
            do {
                try await markOffline(name)
            } catch {
                // It was logged. The log cannot be written, so more time gives nobody anything.
                book.withLock { $0.postpone(name, until: clock.now + .seconds(1)) }
            }
        }
    }
}
