import Catalogue
import Platform
import Synchronization

/// Getting rid of what nobody refers to.
extension MirrorKeeper {
    /// How long mirrors of removed datasets are kept: a broker that lost its state looks like a removal of all.
    private static let grace = Duration.seconds(600)

    func sweep() async {
        let clock = copy.clock
        while (try? await clock.sleep(until: clock.now.advanced(by: .seconds(60)))) != nil {
            let now = ContinuousClock.now
            shared.withLock { shared in
                // Of versions that came and went.
                if shared.failures.count > 10_000 { shared.failures = [:] }
                let holdings = shared.holdings
                shared.superseded.sweep(copy.clock.now) { holdings[$0]?.version == $1 }
                shared.told = shared.told.filter { now - $0.value < .seconds(60) }
                for (path, since) in shared.removed where now - since > Self.grace {
                    shared.removed[path] = nil
                    shared.fills.forgive(path)
                    if copy.entry(path) == nil { shared.holdings.forget(path) }
                }
            }
            for path in shared.withLock({ $0.withoutCopy }) { enqueue(path) }
            do { try await save() } catch { log.error("what is held could not be saved", ["error": error]) }
            await library.saveUse()
            await removeUnreferenced(library.versions)
        }
    }

    func removeUnreferenced(_ versions: [Version]) async {
        await library.remove(versions.filter { !isReferred(to: $0) }, unless: isReferred)
        // Those that somebody reads, or copies out of, go as soon as nobody does.
        let left = versions.filter { library.has($0) && !isReferred(to: $0) }
        if !left.isEmpty { noteLeftover(left) }
    }

    /// Removes what others have taken the place of, as soon as nobody uses it.
    func removeLeftover() async {
        var pause = Backoff(from: .milliseconds(20), to: .seconds(1))
        while true {
            let versions = shared.withLock { Array($0.leftover) }
            for version in versions where !isReferred(to: version) {
                // Whoever asked for it has left.
                for request in library.opened(version)?.wantNoMore() ?? [] { request.resume() }
            }
            await library.remove(versions.filter { !isReferred(to: $0) }, unless: isReferred)
            let done = versions.filter { !library.has($0) || isReferred(to: $0) }
            let isEmpty = shared.withLock { shared in
                shared.leftover.subtract(done)
                return shared.leftover.isEmpty
            }
            guard !isEmpty, (try? await Task.sleep(for: pause.pause())) != nil else { return }
            if !done.isEmpty { pause = Backoff(from: .milliseconds(20), to: .seconds(1)) }
        }
    }

    /// Whether the version is held for a dataset, or is one's current.
    func isReferred(to version: Version) -> Bool {
        shared.withLock { $0.holdings.isHeld(version) || $0.superseded.contains(version) } || copy.has(version)
    }
}
