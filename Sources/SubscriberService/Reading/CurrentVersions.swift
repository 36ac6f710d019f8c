import Catalogue
import Platform
import Wire

/// Finds the version that an answer is of: one for all of it, whatever changes meanwhile.
struct CurrentVersions: Sendable {
    let copy: CatalogueCopy
    let keeper: MirrorKeeper
    let sources: CatalogueSources
    let changes: VersionChanges

    /// How long to wait for the catalogue to tell of the successor of a version that its publisher has no more.
    private static let patience = Duration.seconds(2)

    /// So long a reader begins anew on ever newer versions, of a dataset that is rewritten all the time.
    private static let persistence = Duration.seconds(10)

    /// After this an older version does, if what is held of it is enough.
    private static let impatience = Duration.seconds(1)

    /// Reads a dataset at its current version. When what is missing of that cannot be had because there is a newer one,
    /// all starts over on that, for a second; when none can be had, what is held of an older version has to do.
    ///
    /// - Throws: ``Refusal`` for a name that does not exist; ``FetchFailure``; what `body` throws.
    func read<R: Sendable>(
        _ path: DatasetPath, _ body: (Reading) async throws -> R
    ) async throws -> R {
        guard var version = copy.entry(path)?.version else { throw copy.unknown(path.text) }
        let clock = copy.clock, start = clock.now
        while true {
            do {
                let answer = try await body(open(path, version))
                await keeper.wasRead(path, version)
                return answer
            } catch let failure as FetchFailure {
                if failure.reason == .gone {
                    let rest =
                        older(path, than: version).isEmpty ? Self.patience : Self.impatience - (clock.now - start)
                    await changes.wait(of: path, from: version, within: max(rest, .milliseconds(20)))
                }
                let newer = copy.entry(path)?.version, time = clock.now - start
                let goesOn = newer != nil && newer != version && time < Self.persistence
                if !goesOn || time >= Self.impatience, let answer = try await onOlder(path, version, body) {
                    return answer
                }
                // Why the current version cannot be had is what the reader wants to know.
                guard goesOn, let newer else { throw failure }
                version = newer
            }
        }
    }

    /// Older versions of which something may be held, the best first.
    private func older(_ path: DatasetPath, than version: Version) -> [Version] {
        let held = [keeper.holding(path)?.version, keeper.superseded(path)?.version].compactMap { $0 }
        return held.filter { $0 != version }
    }

    /// - Returns: `nil` when not enough is held of any.
    private func onOlder<R: Sendable>(
        _ path: DatasetPath, _ version: Version, _ body: (Reading) async throws -> R
    ) async throws -> R? {
        for held in older(path, than: version) {
            guard let mirror = try await keeper.library.existing(held, filler: keeper.transfers) else { continue }
            do {
                return try await body(Reading(path: path, mirror: mirror, isCurrent: false, mayFetch: false))
            } catch is FetchFailure {
                continue
            }
        }
        return nil
    }

    private func open(_ path: DatasetPath, _ version: Version) async throws -> Reading {
        let mayFetch = sources.mayAnswer(for: path)
        guard mayFetch || keeper.library.summary(version) != nil else {
            throw FetchFailure(
                .unreachable, "nothing is held of \(path), and the publisher of \(path.group) is offline")
        }
        let mirror = try await keeper.mirror(of: path, version: version)
        return Reading(path: path, mirror: mirror, isCurrent: true, mayFetch: mayFetch)
    }
}
