import Catalogue
import Platform
import Synchronization

/// Keeping within the limit of what may be held.
extension MirrorKeeper: RoomKeeping {
    /// So long somebody waits until others have read theirs.
    private static let patience = Duration.seconds(15)
    /// Of chunks that are more than half of what may be held there is never room beside what others read.
    private static let shortPatience = Duration.milliseconds(100)
    private static let pause = Duration.milliseconds(20)

    func reserve(_ need: RoomNeed, for mirror: Mirror) async -> FetchFailure? {
        if library.reserve(need.bytes) { return nil }
        guard let limit = library.limit, need.bytes <= limit || need.urgency == .indispensable else {
            return .noRoom(need.bytes, library.limit ?? 0)
        }
        let patience = need.bytes > limit / 2 ? Self.shortPatience : Self.patience
        let end = ContinuousClock.now + (need.urgency == .awaited ? patience : .zero)
        do {
            return try await wait(for: need, mirror, limit, until: end)
        } catch {
            return FetchFailure(.stopping, "the subscriber is stopping")
        }
    }

    private func wait(
        for need: RoomNeed, _ mirror: Mirror, _ limit: Int64, until end: ContinuousClock.Instant
    ) async throws -> FetchFailure? {
        while true {
            // One at a time, and nobody keeps the others from it by waiting.
            let isReserved = try await making.with(0) { () async -> Bool in
                await makeRoomNow(need.bytes, for: mirror, isPressing: need.urgency != .none)
                return library.reserve(need.bytes)
            }
            if isReserved { return nil }
            if need.urgency == .indispensable {
                library.exceed(need.bytes)
                return nil
            }
            guard ContinuousClock.now < end else {
                guard need.urgency == .awaited, need.bytes > limit / 2 else { return .noRoom(need.bytes, limit) }
                library.exceed(need.bytes)
                return nil
            }
            try await Task.sleep(for: Self.pause)
        }
    }

    func release(_ need: RoomNeed, for mirror: Mirror) {
        library.measure(mirror)
        library.release(need.bytes)
    }

    func note(_ failure: FetchFailure) { library.note(failure) }

    func relieveDisk(of bytes: Int64) async -> Bool {
        let before = library.used
        // Much more, so that not each chunk that comes is a reason to look through all.
        _ = try? await making.with(0) {
            await remove(max(bytes +| bytes, 16 << 20), for: nil, isPressing: true)
        }
        return library.used < before
    }

    /// Removes what was used least recently while more is held than may be. What is followed, being completed or being
    /// read stays.
    func makeRoom() async { _ = try? await making.with(0) { await makeRoomNow(0, for: nil, isPressing: false) } }

    /// The caller has ``making``.
    private func makeRoomNow(_ bytes: Int64, for mirror: Mirror?, isPressing: Bool) async {
        // Files end on pages: what is removed is not quite what comes back.
        for _ in 0..<3 {
            let excess = library.excess(bytes)
            guard excess > 0, let limit = library.limit else { return }
            let before = library.used
            // Somewhat more, so that not each chunk that comes is a reason to look through all.
            await remove(excess + limit / 20, for: mirror, isPressing: isPressing)
            if library.used >= before { return }
        }
    }

    private func remove(_ bytes: Int64, for mirror: Mirror?, isPressing: Bool) async {
        let plan = await pool.run { [self] in
            let kept = keptVersions(for: mirror)
            return RoomPlan(
                library.candidates(for: mirror, isPressing: isPressing) { kept.contains($0) || isBeingCompleted($0) },
                excess: bytes)
        }
        for (version, choice) in plan.choices {
            do {
                if library.isSaved(version) {
                    await giveUp(version)
                } else if try await library.remove(choice, of: version, filler: transfers) {
                    await giveUp(version)
                }
            } catch {
                log.error("no room could be made", ["version": version.short, "error": error])
            }
        }
        guard !plan.choices.isEmpty else { return }
        do { try await save() } catch { log.error("what is held could not be saved", ["error": error]) }
    }

    /// What is followed and complete; of a dataset for whose new version there shall be room, not the old one.
    private func keptVersions(for mirror: Mirror?) -> Set<Version> {
        let outdated = mirror?.askedFor ?? []
        return shared.withLock { $0.holdings }.keptVersions { path, version in
            library.isSaved(version) && !(outdated.contains(path) && version != mirror?.version)
        }
    }

    private func isBeingCompleted(_ version: Version) -> Bool { library.opened(version)?.wantsAll == true }

    /// Removes a mirror as a whole, and the copies for other programs.
    func giveUp(_ version: Version) async {
        let paths = shared.withLock { $0.holdings.paths(of: version) }
        for path in paths {
            // Fails with cancellation alone: then the next start does it.
            try? await placing.with(path) {
                shared.withLock { shared in
                    shared.settled[path] = nil
                    shared.holdings.forget(path)
                }
                await removeCopy(path)
            }
        }
        guard await library.discard(version) else { return }
        for path in paths where copy.entry(path)?.version == version {
            onProgress(progress(path, version, copy.entry(path)?.size ?? 0))
        }
    }

    /// What does not fit at all is not begun, nor what does not fit beside what is followed.
    func checkRoom(for path: DatasetPath) async throws(FetchFailure) {
        guard let limit = library.limit, let entry = copy.entry(path), !library.isSaved(entry.version) else { return }
        if entry.size > limit {
            throw FetchFailure(
                .noRoom,
                "\(path) has \(entry.size) bytes, and the subscriber may hold \(limit): raise its --cache-size")
        }
        let missing = max(entry.size - library.size(entry.version), 0)
        guard library.excess(missing) > 0 else { return }
        let kept = await keptBytes(besides: path)
        guard kept +| missing > limit else { return }
        throw FetchFailure(
            .noRoom,
            "\(path) has \(entry.size) bytes, and of the \(limit) that the subscriber may hold \(kept) are taken by what is "
                + "followed: raise its --cache-size, or follow less")
    }

    /// Bytes on disk of what must stay; looked up once a second at most.
    private func keptBytes(besides path: DatasetPath) async -> Int64 {
        let now = ContinuousClock.now
        if let known = shared.withLock({ $0.kept }), now - known.time < .seconds(1) { return known.bytes }
        return await pool.run { [self] in
            let versions = keptVersions(for: nil)
            let bytes = versions.saturatingSum { library.size($0) }
            shared.withLock { $0.kept = (now, bytes) }
            return bytes
        }
    }
}

extension FetchFailure {
    static func noRoom(_ bytes: Int64, _ limit: Int64) -> FetchFailure {
        FetchFailure(
            .noRoom,
            "there is no room for \(bytes) more bytes: of the \(limit) that the subscriber may hold, the others are followed, "
                + "being completed or being read; raise its --cache-size, or follow less")
    }
}
