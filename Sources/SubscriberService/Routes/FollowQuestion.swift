import Catalogue
import HTTP

/// What `POST /api/follow` is asked for besides names.
struct FollowQuestion: Sendable {
    let manner: FollowedPatterns.Manner
    /// Only what it would take is to be told.
    let isEstimate: Bool

    init(_ request: HTTPRequest) throws {
        let isHeld = try Self.flag("held", request)
        manner = .init(isWhole: !isHeld, isPinned: try Self.flag("pin", request))
        isEstimate = try Self.flag("estimate", request)
    }

    private static func flag(_ name: String, _ request: HTTPRequest) throws -> Bool {
        switch request.parameter(name) {
        case nil, "false": false
        case "true": true
        case let other?: throw Refusal(400, "\(name) is 'true' or 'false', not '\(other)'")
        }
    }
}
