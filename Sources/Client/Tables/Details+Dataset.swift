internal import Catalogue
internal import Platform

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
