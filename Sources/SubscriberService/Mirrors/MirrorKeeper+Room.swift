import Catalogue
import Platform
import Synchronization

/// Keeping within the limit of what may be held.
extension MirrorKeeper {
    /// Removes what was used least recently while more is held than may be. What is pinned, being completed or being read
    /// stays, if need be above the limit.
    func makeRoom() async {
        let excess = library.excess
        guard excess > 0, let limit = library.limit else { return }
        let plan = await pool.run { [self] in
            let kept = shared.withLock { $0.holdings }.keptVersions(library.isSaved)
            // Somewhat more, so that not each chunk that comes is a reason to look through all.
            return RoomPlan(
                library.candidates { kept.contains($0) || isBeingCompleted($0) }, excess: excess +| limit / 20)
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
        do { try await save() } catch { log.error("what is held could not be saved", ["error": error]) }
    }

    private func isBeingCompleted(_ version: Version) -> Bool { library.opened(version)?.wantsAll == true }

    /// Removes a mirror as a whole, and the copies for other programs.
    private func giveUp(_ version: Version) async {
        let paths = shared.withLock { $0.holdings.paths(of: version) }
        for path in paths {
            // Fails with cancellation alone: then the next start does it.
            try? await placing.with(path) {
                shared.withLock { shared in
                    shared.settled[path] = nil
                    shared.holdings.forget(path)
                }
                await pool.run { [links] in links.remove(path) }
            }
        }
        guard await library.discard(version) else { return }
        for path in paths where copy.entry(path)?.version == version {
            onProgress(progress(path, version, copy.entry(path)?.size ?? 0))
        }
    }

    /// What does not fit at all is not begun.
    func checkRoom(for path: DatasetPath) throws(FetchFailure) {
        guard let limit = library.limit, let size = copy.entry(path)?.size, size > limit else { return }
        throw FetchFailure(
            .storage, "\(path) has \(size) bytes, and the subscriber may hold \(limit): raise its --cache-size")
    }
}
