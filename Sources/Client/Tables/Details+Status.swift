internal import Catalogue
internal import Platform

extension Details {
    /// `bpubsub status`
    static func status(_ status: SubscriberStatus, url: String) -> Details {
        var details = Details("")
        details.add("subscriber", "\(url), version \(status.version)", indent: 0)
        details.add("broker", broker(status.broker), indent: 0)
        details.add("datasets", "\(status.datasets) in \(status.groups.count) groups", indent: 0)
        for group in status.groups.sorted(by: { $0.name < $1.name }) {
            let since = group.since > 0 ? " since \(Timestamp.readable(group.since))" : ""
            let state =
                (group.online ? "online" : "offline") + since
                + (group.away == true ? ", its folder is away" : "")
            details.add(group.name, "\(state), \(group.urls.joined(separator: " "))")
        }
        let followed = status.followed.isEmpty ? "nothing" : status.followed.joined(separator: ", ")
        details.add("followed", followed, indent: 0)
        let mirrors = status.mirrors
        let limit = mirrors.limit.map { "; at most \(HumanText.bytes($0))" } ?? ""
        details.add(
            "held",
            "\(HumanText.bytes(mirrors.bytes)) of \(HumanText.bytes(mirrors.size)) in \(mirrors.count) datasets, "
                + "\(mirrors.complete) of them complete\(limit)", indent: 0)
        if let disk = status.disk { details.add("disk", Self.disk(disk), indent: 0) }
        let transfers = status.transfers
        details.add(
            "transfers",
            "\(transfers.running) running; fetched \(HumanText.bytes(transfers.fetchedBytes)), "
                + "saved \(HumanText.bytes(transfers.savedBytes)), rejected \(transfers.rejectedChunks) chunks",
            indent: 0)
        return details
    }

    private static func disk(_ disk: SubscriberStatus.Disk) -> String {
        var text = "\(HumanText.bytes(disk.used)) used"
        if let free = disk.free { text += ", \(HumanText.bytes(free)) free" }
        switch disk.copies {
        case "clone": text += "; files share blocks with what is held"
        case "link": text += "; files are read-only links to what is held"
        case "copy": text += "; files are copies, which take their size once more"
        default: break
        }
        return text + (disk.error.map { "; \(PrintableText.escaped($0))" } ?? "")
    }

    private static func broker(_ broker: SubscriberStatus.Broker) -> String {
        var text = broker.url + (broker.connected ? ", connected" : ", not connected")
        if let since = broker.since { text += " since \(Timestamp.readable(since))" }
        if let revision = broker.revision { text += ", revision \(revision)" }
        if let stale = broker.stale {
            text += ", what is here may be old: last known to be current \(HumanText.decimal(stale, digits: 1)) s ago"
        } else if let lag = broker.lag {
            text += ", heard of \(HumanText.decimal(lag, digits: 1)) s ago"
        }
        return text
    }
}
