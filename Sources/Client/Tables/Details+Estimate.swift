internal import Catalogue
internal import Platform

extension Details {
    /// `bpubsub follow --estimate`
    static func estimate(_ estimate: FollowEstimate) -> Details {
        var details = Details("")
        details.add("datasets", "\(estimate.datasets), \(HumanText.bytes(estimate.bytes))", indent: 0)
        details.add("held", HumanText.bytes(estimate.held), indent: 0)
        details.add("to fetch", "\(HumanText.bytes(estimate.fetch)) in about \(estimate.requests) requests", indent: 0)
        let free = estimate.free.map { " of \(HumanText.bytes($0)) that can be had" } ?? ""
        details.add("disk", HumanText.bytes(estimate.disk) + free, indent: 0)
        let limit = estimate.limit.map { " of \(HumanText.bytes($0)) that may be held" } ?? ""
        details.add("followed then", HumanText.bytes(estimate.kept) + limit, indent: 0)
        details.add("room", estimate.detail.map { "no: \($0)" } ?? "yes", indent: 0)
        return details
    }
}
