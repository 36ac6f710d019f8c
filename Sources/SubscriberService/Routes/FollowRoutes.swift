import Catalogue
import HTTP
import Platform
import Synchronization
import Wire

/// Following, and what is followed and held.
struct FollowRoutes: Sendable {
    let copy: CatalogueCopy
    let keeper: MirrorKeeper
    let links: FileLinks
    let events: EventFeed
    let freshness: Freshness

    /// Names of one request for which others are suggested: each costs a look at many datasets.
    private static let suggestionLimit = 10

    var routes: [Route] {
        [
            Route(.follow, .post { request, _ in try await follow(request) }),
            Route(.unfollow, .post { request, _ in try await unfollow(request) }),
            Route(.forget, .post { request, _ in try await forget(request) }),
            Route(.followed, .get { request, _ in await followed(request) }),
            Route(.info, .get { _, _ in await keeper.pool.run { information() } }),
        ]
    }

    private func follow(_ request: HTTPRequest) async throws -> HTTPResponse {
        let question = try FollowQuestion(request)
        let names = try await NamesBody.read(request, on: keeper.pool)
        let (patterns, estimate) = try await keeper.pool.run {
            let patterns = try check(names) { pattern in
                copy.group(pattern.group) != nil && (pattern.isGlob || pattern.text.hasBytes(of: pattern.group))
                    || !copy.paths(matching: pattern).isEmpty
                    ? nil : "there is no dataset or group of that name"
            }.map(copy.meaning)
            let isNeeded = question.isEstimate || question.isWhole
            return (patterns, isNeeded ? keeper.estimate(patterns) : nil)
        }
        if question.isEstimate { return .json(estimate) }
        // A promise that cannot be kept is not made.
        if let problem = estimate?.detail { throw Refusal(507, problem) }
        try await keeper.follow(patterns, .init(isWhole: question.isWhole, isPinned: question.isPinned))
        tell()
        return .json([String: String]())
    }

    private func unfollow(_ request: HTTPRequest) async throws -> HTTPResponse {
        let names = try await NamesBody.read(request, on: keeper.pool)
        let patterns = try await keeper.pool.run {
            let followed = keeper.followed
            return try check(names, suggestions: followed.all.map(\.text)) { pattern in
                followed.contains(pattern) ? nil : "it is not followed"
            }
        }
        try await keeper.unfollow(patterns)
        tell()
        return .json([String: String]())
    }

    /// Forgets what is kept of groups, though no publisher has announced them to the present broker.
    private func forget(_ request: HTTPRequest) async throws -> HTTPResponse {
        let names = try await NamesBody.read(request, on: keeper.pool)
        try await keeper.pool.run {
            let kept = copy.keptGroups
            let wrong = names.filter { !kept.contains($0) }
            guard wrong.isEmpty else {
                let known = kept.isEmpty ? "nothing is kept" : "what is kept is of \(kept.joined(separator: ", "))"
                throw Refusal(
                    404, "nothing is kept of \(wrong.joined(separator: ", ")) that no publisher has announced: \(known)"
                )
            }
            for name in names { copy.forgetKept(name) }
        }
        return .json([String: String]())
    }

    /// Who shows what is followed asks again.
    private func tell() {
        events.publish("followed", key: nil, json: WireJSON.encode(["patterns": keeper.followed.all.count]))
    }

    /// All that is followed, or those because of which `path`, a dataset, folder or group, is.
    private func followed(_ request: HTTPRequest) async -> HTTPResponse {
        guard let path = request.parameter("path") else { return .json(keeper.followed.all.map(\.text)) }
        return await keeper.pool.run { .json(keeper.followed.all.filter { $0.matches(path) }.map(\.text)) }
    }

    private func information() -> HTTPResponse {
        let followed = keeper.followed
        var paths = Set(keeper.heldPaths)
        if !followed.all.isEmpty { paths.formUnion(copy.paths.lazy.filter { followed.cover($0) }) }
        return .json(NamedValues(paths.map { path in (ExactText(path.text), information(path, followed)) }))
    }

    private func information(_ path: DatasetPath, _ followed: FollowedPatterns) -> HeldDataset {
        let entry = copy.entry(path)
        let holding = keeper.holding(path)
        let summary = (holding?.version ?? entry?.version).flatMap { keeper.library.summary($0) }
        let isStale = holding?.version != nil && holding?.version != entry?.version
        let isComplete = holding?.version.map { keeper.isSettled(path, $0) } ?? false
        let file = isComplete && entry != nil ? links.existing(path) : nil
        var info = HeldDataset(
            follow: followed.cover(path), held: summary?.held ?? 0, complete: isComplete && !isStale)
        info.mtime = entry?.modified
        info.whole = followed.fetch(path)
        info.pinned = followed.pin(path)
        info.version = holding?.version ?? entry?.version
        info.size = summary?.size ?? entry?.size
        info.stale = isStale || freshness.doubt(path) != nil
        info.file = file
        if file != nil, let version = holding?.version {
            info.copy = links.kind(of: path, mirror: keeper.library.path(of: version))?.rawValue
        }
        return info
    }

    /// All names, or a refusal that tells of each that is wrong.
    private func check(
        _ names: [String], suggestions: [String]? = nil, _ reason: (PathPattern) -> String?
    ) throws -> [PathPattern] {
        var patterns: [PathPattern] = []
        var errors: [ExactText: Refusal.NameProblem] = [:]
        for name in names {
            do {
                let pattern = try PathPattern(name)
                if let reason = reason(pattern) {
                    let near =
                        errors.count >= Self.suggestionLimit
                        ? [] : suggestions.map { NearestNames.of(name, among: $0) } ?? copy.nearest(name)
                    errors[ExactText(name)] = .init(reason: reason, suggestions: near)
                } else {
                    patterns.append(pattern)
                }
            } catch {
                errors[ExactText(name)] = .init(reason: "\(error)", suggestions: [])
            }
        }
        guard errors.isEmpty else { throw Refusal.names(NamedValues(errors)) }
        return patterns
    }
}
