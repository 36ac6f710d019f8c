internal import Catalogue
internal import Platform
internal import Wire

/// Labelled lines under a title.
struct Details {
    private(set) var text: String
    private static let labelWidth = 12

    init(_ title: String) { text = title.isEmpty ? "" : PrintableText.escaped(title) + "\n" }

    mutating func add(_ label: String, _ value: String?, indent: Int = 2) {
        guard let value else { return }
        let label = PrintableText.escaped(label)
        let padding = max(1, Self.labelWidth - DisplayWidth.of(label))
        text += String(repeating: " ", count: indent) + label + String(repeating: " ", count: padding)
        text += PrintableText.escaped(value) + "\n"
    }

    mutating func heading(_ label: String) { text += "  \(label)\n" }
}

extension Details {
    /// `bpubsub info PATH`
    static func dataset(_ entry: ListedDataset) -> Details {
        let dataset = entry.dataset
        var details = Details(dataset.path.text)
        details.add("kind", "\(dataset.kind), \(dataset.mediaType)")
        if let array = dataset.array {
            details.add("shape", HumanText.shape(array.shape))
            details.add("chunks", HumanText.shape(array.chunks))
            details.add("blocks", HumanText.shape(array.blocks))
            details.add("dtype", array.dtype)
        }
        if let frame = dataset.frame { details.add(frame, items: items(of: dataset)) }
        details.add("size", exact(dataset.size))
        details.add("modified", Timestamp.readable(dataset.modified))
        details.add("version", "\(dataset.version)")
        let held = HumanText.percent(entry.held, of: dataset.size, isComplete: entry.complete)
        details.add("held", "\(held), \(HumanText.bytes(entry.held))" + (entry.followed ? ", followed" : ""))
        details.add("warning", dataset.warning)
        details.add(attributes: dataset.attributes, omitted: dataset.attributesOmitted ?? false)
        return details
    }

    /// Bytes of the array's items: what pads its chunks and blocks is not the user's.
    private static func items(of dataset: Dataset) -> Int64? {
        guard let array = dataset.array, let frame = dataset.frame else { return nil }
        var size = frame.typeSize
        for extent in array.shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: extent)
            if overflow || extent < 0 { return nil }
            size = product
        }
        return size
    }

    private mutating func add(_ frame: FrameMetadata, items: Int64?) {
        let size = items ?? frame.nbytes
        add("codec", "\(BloscNames.codec(frame.codec)), level \(frame.compressionLevel)")
        let filters = frame.filters.filter { $0 != 0 }.map(BloscNames.filter)
        add("filters", filters.isEmpty ? "none" : filters.joined(separator: ", "))
        let ratio = frame.cbytes > 0 ? HumanText.decimal(Double(size) / Double(frame.cbytes), digits: 2) : "-"
        add(
            "data",
            "\(HumanText.bytes(size)) in \(HumanText.count(Int(frame.chunkCount), "chunk")), "
                + "\(HumanText.bytes(frame.cbytes)) compressed (ratio \(ratio))")
    }

    private mutating func add(attributes: [String: JSONValue]?, omitted: Bool) {
        if omitted { add("attributes", "too long to be listed") }
        guard let attributes, !attributes.isEmpty else { return }
        heading("attributes")
        for (name, value) in attributes.sorted(by: { $0.key < $1.key }) { add(name, JSONStyle.line(value), indent: 4) }
    }

    private static func exact(_ bytes: Int64) -> String {
        bytes < 1024 ? HumanText.bytes(bytes) : "\(HumanText.bytes(bytes)) (\(bytes) bytes)"
    }
}

extension Timestamp {
    static func readable(_ seconds: Double) -> String { HumanText.moment(seconds) + " UTC" }
}

/// C-Blosc2's numbers of codecs and filters.
enum BloscNames {
    static func codec(_ number: Int) -> String {
        let names = [
            0: "blosclz", 1: "lz4", 2: "lz4hc", 4: "zlib", 5: "zstd", 32: "ndlz", 33: "zfp, accuracy",
            34: "zfp, precision",
            35: "zfp, rate", 36: "openhtj2k", 37: "grok",
        ]
        return names[number] ?? "codec \(number)"
    }

    static func filter(_ number: Int) -> String {
        let names = [
            1: "shuffle", 2: "bitshuffle", 3: "delta", 4: "trunc_prec", 32: "ndcell", 33: "ndmean", 35: "bytedelta",
            36: "int_trunc",
        ]
        return names[number] ?? "filter \(number)"
    }
}

extension Details {
    /// `bpubsub status`
    static func status(_ status: SubscriberStatus, url: String) -> Details {
        var details = Details("")
        details.add("subscriber", "\(url), version \(status.version)", indent: 0)
        details.add("broker", broker(status.broker), indent: 0)
        details.add("datasets", "\(status.datasets) in \(status.groups.count) groups", indent: 0)
        for group in status.groups.map(\.group).sorted(by: { $0.name < $1.name }) {
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
