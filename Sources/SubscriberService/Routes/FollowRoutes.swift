import Catalogue
import HTTP
import Platform
import Synchronization

/// Following, and what is followed and held.
struct FollowRoutes: Sendable {
    let copy: CatalogueCopy
    let keeper: MirrorKeeper
    let links: FileLinks
    let events: EventFeed
    let freshness: Freshness

    /// Names of one request for which others are suggested: each costs a look at many datasets.
    private static let suggestionLimit = 10

    /// Why a name is refused.
    private struct Unknown: Encodable {
        let reason: String
        let suggestions: [String]
    }

    private struct Info: Encodable {
        let mtime: Double?
        let follow: Bool
        /// All of it is fetched, in every version; else, of what is followed, what is held completely stays current.
        let whole: Bool
        let pinned: Bool
        let version: Version?
        let size: Int64?
        let held: Int64
        let complete: Bool
        /// What is held completely is not the current version, or is not known to be.
        let stale: Bool
        let file: String?
        /// What the file is: ``FileLinks/Kind``.
        let copy: FileLinks.Kind?
    }

    func follow(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.require("POST")
        let question = try FollowQuestion(request)
        let names = try await request.names(on: keeper.pool)
        let (patterns, estimate) = try await keeper.pool.run {
            let patterns = try check(names) { pattern in
                copy.group(pattern.group) != nil && (pattern.isGlob || pattern.text.hasBytes(of: pattern.group))
                    || !copy.paths(matching: pattern).isEmpty
                    ? nil : "there is no dataset or group of that name"
            }.map(copy.meaning)
            let isNeeded = question.isEstimate || question.manner.isWhole
            return (patterns, isNeeded ? keeper.estimate(patterns) : nil)
        }
        if question.isEstimate { return .json(estimate) }
        // A promise that cannot be kept is not made.
        if let problem = estimate?.detail { throw Refusal(507, problem) }
        try await keeper.follow(patterns, question.manner)
        tell()
        return .json([String: String]())
    }

    func unfollow(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.require("POST")
        let names = try await request.names(on: keeper.pool)
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
    func forget(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.require("POST")
        let names = try await request.names(on: keeper.pool)
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
    func followed(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.require("GET")
        guard let path = request.parameter("path") else { return .json(keeper.followed.all.map(\.text)) }
        return await keeper.pool.run { .json(keeper.followed.all.filter { $0.matches(path) }.map(\.text)) }
    }

    func info(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.require("GET")
        return await keeper.pool.run { information() }
    }

    private func information() -> HTTPResponse {
        let followed = keeper.followed
        var paths = Set(keeper.heldPaths)
        if !followed.all.isEmpty { paths.formUnion(copy.paths.lazy.filter { followed.cover($0) }) }
        var result: [NamedValues<Info>.Member] = []
        for path in paths {
            let entry = copy.entry(path)
            let holding = keeper.holding(path)
            let summary = (holding?.version ?? entry?.version).flatMap { keeper.library.summary($0) }
            let isStale = holding?.version != nil && holding?.version != entry?.version
            let isDoubtful = freshness.doubt(path) != nil
            let isComplete = holding?.version.map { keeper.isSettled(path, $0) } ?? false
            let file = isComplete && entry != nil ? links.existing(path) : nil
            let info = Info(
                mtime: entry?.modified, follow: followed.cover(path), whole: followed.fetch(path),
                pinned: followed.pin(path),
                version: holding?.version ?? entry?.version,
                size: summary?.size ?? entry?.size, held: summary?.held ?? 0, complete: isComplete && !isStale,
                stale: isStale || isDoubtful, file: file,
                copy: file == nil
                    ? nil : holding?.version.flatMap { links.kind(of: path, mirror: keeper.library.path(of: $0)) })
            result.append((ExactText(path.text), info))
        }
        return .json(NamedValues(result))
    }

    /// All names, or a refusal that tells of each that is wrong.
    private func check(
        _ names: [String], suggestions: [String]? = nil, _ reason: (PathPattern) -> String?
    ) throws -> [PathPattern] {
        var patterns: [PathPattern] = []
        var errors: [ExactText: Unknown] = [:]
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
        guard errors.isEmpty else { throw Self.refusal(NamedValues(errors)) }
        return patterns
    }

    private static func refusal(_ errors: NamedValues<Unknown>) -> Refusal {
        let detail = errors.members.map { name, entry in
            let hint = entry.suggestions.isEmpty ? "" : "; did you mean \(entry.suggestions.joined(separator: ", "))?"
            return "'\(name)': \(entry.reason)\(hint)"
        }.joined(separator: "\n")
        let quoted = String(decoding: WireJSON.encode(detail), as: UTF8.self)
        let body = "{\"detail\":\(quoted),\"errors\":\(String(decoding: errors.encoded, as: UTF8.self))}"
        return Refusal(404, detail, json: body)
    }
}
