package import Catalogue
package import HTTP
package import Platform

/// `GET /api/list`: which datasets there are.
package struct ListQuestion: Sendable {
    /// Datasets, groups, folders and globs; empty for all.
    package let patterns: [PathPattern]
    /// Instead, how names that begin so go on.
    package let completing: String?
    /// With all that is known of each.
    package let isLong: Bool

    package init(_ request: HTTPRequest) throws {
        completing = request.parameter("complete")
        patterns = completing == nil ? try Patterns.all(in: request.query) : []
        isLong = request.parameter("long").map { $0 != "false" && $0 != "0" } ?? false
    }

    /// Path and query.
    package static func target(_ patterns: [String], isLong: Bool = false) -> String {
        RoutePath.list.fixed + Query.text(Patterns.parameters(patterns) + (isLong ? [("long", "true")] : []))
    }

    /// Path and query.
    package static func target(completing text: String) -> String {
        RoutePath.list.fixed + Query.text([("complete", text)])
    }
}

/// `GET /api/events`: what happens to which datasets.
package enum EventsQuestion {
    package static func patterns(_ request: FeedRequest) throws -> [PathPattern] { try Patterns.all(in: request.query) }

    /// Path and query.
    package static func target(_ patterns: [String]) -> String {
        RoutePath.events.fixed + Query.text(Patterns.parameters(patterns))
    }
}

/// The patterns of a query.
private enum Patterns {
    static func all(in query: [Query.Parameter]) throws -> [PathPattern] {
        let texts = Query.values("pattern", in: query)
        guard texts.count <= RequestLimits.globs else {
            throw Refusal(413, "at most \(RequestLimits.globs) patterns at a time: name whole groups")
        }
        return try texts.map { try PathPattern($0) }
    }

    static func parameters(_ patterns: [String]) -> [Query.Parameter] { patterns.map { ("pattern", $0) } }
}

/// `POST /api/follow`: what is asked for besides names.
package struct FollowQuestion: Hashable, Sendable {
    /// All of what is named is fetched, now and in every version from now on.
    package var isWhole: Bool
    /// What is held stays, however little room there is.
    package var isPinned: Bool
    /// Only what it would take is to be told.
    package var isEstimate: Bool

    package init(isWhole: Bool = true, isPinned: Bool = false, isEstimate: Bool = false) {
        self.isWhole = isWhole
        self.isPinned = isPinned
        self.isEstimate = isEstimate
    }

    package init(_ request: HTTPRequest) throws(Refusal) {
        isWhole = !(try Self.flag("held", request))
        isPinned = try Self.flag("pin", request)
        isEstimate = try Self.flag("estimate", request)
    }

    /// Path and query.
    package var target: String {
        let flags = [("held", !isWhole), ("pin", isPinned), ("estimate", isEstimate)].filter(\.1)
        return RoutePath.follow.fixed + Query.text(flags.map { ($0.0, "true") })
    }

    private static func flag(_ name: String, _ request: HTTPRequest) throws(Refusal) -> Bool {
        switch request.parameter(name) {
        case nil, "false": false
        case "true": true
        case let other?: throw Refusal(400, "\(name) is 'true' or 'false', not '\(other)'")
        }
    }
}

/// The body of a request that is about names: of datasets, groups and globs.
package enum NamesBody {
    package static func encode(_ names: [String]) -> SharedBytes { SharedBytes(WireJSON.encode(names)) }

    /// - Parameter pool: where a long list is read.
    package static func read(_ request: HTTPRequest, on pool: BlockingPool) async throws -> [String] {
        let body = try await request.body.collect(upTo: JSONLimits.names.bytes)
        return try await isLong(body) ? pool.run { try names(in: body, request.path) } : names(in: body, request.path)
    }

    /// Whether it takes long enough to read it that others should not wait for that.
    package static func isLong(_ body: [UInt8]) -> Bool { body.count > 64 << 10 }

    private static func names(in body: [UInt8], _ path: String) throws(Refusal) -> [String] {
        let names: [String]
        do {
            names = try WireJSON.decode([String].self, from: body, .names)
        } catch let excess as JSONExcess {
            throw Refusal(413, "the body is more than \(path) takes: \(excess)")
        } catch {
            throw Refusal(422, "the body is not what \(path) takes: \(WireJSON.describe(error))")
        }
        let globs = names.count { (try? PathPattern($0))?.isGlob == true }
        guard names.count <= RequestLimits.names, globs <= RequestLimits.globs else {
            throw Refusal(
                413,
                "at most \(RequestLimits.names) names at a time, \(RequestLimits.globs) of them globs: name whole groups"
            )
        }
        return names
    }
}
