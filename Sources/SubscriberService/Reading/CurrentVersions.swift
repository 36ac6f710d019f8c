import Catalogue
import Platform

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

    /// Reads a dataset at its current version. When what is missing of that cannot be had because there is a newer one,
    /// all starts over on that; when none can be had, what is held of an older version has to do.
    ///
    /// - Throws: ``Refusal`` for a name that does not exist; ``FetchFailure``; what `body` throws.
    func read<R: Sendable>(
        _ path: DatasetPath, _ body: (Reading) async throws -> R
    ) async throws -> R {
        guard var version = copy.entry(path)?.version else { throw copy.unknown(path.text) }
        let end = ContinuousClock.now + Self.persistence
        while true {
            do {
                return try await body(open(path, version))
            } catch let failure as FetchFailure {
                if failure.reason == .gone { await changes.wait(of: path, from: version, within: Self.patience) }
                guard let newer = copy.entry(path)?.version, newer != version, ContinuousClock.now < end else {
                    return try await onOlder(failure, path, version, body)
                }
                version = newer
            }
        }
    }

    private func onOlder<R: Sendable>(
        _ failure: FetchFailure, _ path: DatasetPath, _ version: Version, _ body: (Reading) async throws -> R
    ) async throws -> R {
        guard let held = keeper.holding(path)?.version, held != version,
            let mirror = try await keeper.library.existing(held, filler: keeper.transfers)
        else { throw failure }
        do {
            return try await body(Reading(path: path, mirror: mirror, isCurrent: false, mayFetch: false))
        } catch is FetchFailure {
            // Why the current version cannot be had is what the reader wants to know.
            throw failure
        }
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

extension CatalogueSources {
    /// Whether it is worth the while to ask: the group's publisher is online, or there is another subscriber to ask.
    func mayAnswer(for path: DatasetPath) -> Bool { hasUpstream || isOnline(path.group) }
}
