internal import Catalogue
internal import Platform

/// `/api/explain/{path}`: what a read would cost.
struct ReadExplanation: Codable, Hashable, Sendable {
    struct Cost: Codable, Hashable, Sendable {
        var bytes: Int64
        var chunks: Int
        var blocks: Int
        var missing: Int
        var requests: Int
        var fetch: Int64
        var exact: Bool
    }

    var path: String
    var version: String
    var cost: Cost
}

extension ReadExplanation {
    /// For people.
    var text: String {
        var details = Details(path)
        details.add("version", String(version.prefix(12)))
        details.add("values", HumanText.bytes(cost.bytes))
        if cost.chunks > 0 {
            details.add(
                "needed", "\(HumanText.count(cost.blocks, "block")) in \(HumanText.count(cost.chunks, "chunk"))")
            details.add("held", "\(max(0, cost.blocks -| cost.missing))")
        }
        let about = cost.exact || cost.requests == 0 ? "" : "about "
        details.add(
            "to fetch", "\(about)\(HumanText.bytes(cost.fetch)) in \(HumanText.count(cost.requests, "request"))")
        return details.text
    }
}
