import Blosc2
import Catalogue
import Platform
import Versions

extension MirrorKeeper {
    /// The layout of a mirror's frame, after what says it has been fetched; `nil` when the version is no frame.
    func layout(of mirror: Mirror) async throws -> FrameLayout? {
        guard mirror.manifest.content == .frame else { return nil }
        if let layout = mirror.blocks.knownLayout { return layout }
        if let layout = try await known(mirror) { return layout }
        try await fetch([BlockKey.frame], of: mirror)
        guard let layout = try await known(mirror) else {
            throw FetchFailure(.corrupt, "the frame of version \(mirror.version) cannot be read")
        }
        return layout
    }

    private func known(_ mirror: Mirror) async throws -> FrameLayout? {
        try await pool.run { try mirror.blocks.layout(of: mirror) }
    }

    /// Whether somebody else's fetch has ended between the look at what is missing and the asking for it. Who asked by an array's
    /// own numbers looks again: where the chunk's blocks are is known now.
    private func hasCome(_ keys: Set<BlockKey>, _ mirror: Mirror) async -> Bool {
        let layout: FrameLayout?
        if keys.allSatisfy(\.isPlace) {
            layout = nil
        } else {
            guard mirror.present.contains(0), let known = try? await known(mirror) else { return false }
            layout = known
        }
        return keys.allSatisfy { key in
            if key.isPlace { return mirror.holds(key) }
            guard let layout, key.chunk >= 0, key.chunk < layout.chunks.count,
                let place = mirror.manifest.place(ofArrayChunk: key.chunk, layout)
            else { return key == .frame }
            return mirror.use(place) || mirror.blocks.partial(place) != nil
        }
    }

    /// Fetches what nobody fetches yet, and waits for all of it.
    func fetch(_ keys: [BlockKey], of mirror: Mirror) async throws {
        guard !keys.isEmpty else { return }
        try await mirror.blocks.wait(for: Set(keys)) { [self] fresh in
            for batch in BlockRequest.batches(fresh) {
                // A child of the transfer service: an asker that leaves does not end it for the others.
                let accepted = transfers.submit { [self] in
                    if await hasCome(batch.keys, mirror) { return mirror.blocks.fetched(batch.keys, .success(())) }
                    mirror.blocks.fetched(batch.keys, await transfers.fetch(batch.request, of: mirror))
                    transfers.happened(.requested, to: mirror)
                }
                if !accepted {
                    mirror.blocks.fetched(batch.keys, .failure(FetchFailure(.stopping, "the subscriber is stopping")))
                }
            }
        }
    }
}

extension BlockKey {
    /// What is asked for together: the blocks of a chunk, by one kind of numbers.
    fileprivate var group: Int { isPlace ? Int.max / 2 + chunk : chunk }
    /// What the frame needs to be read at all.
    static let frame = BlockKey(chunk: -1, block: -1)
    /// All blocks of a chunk.
    static func whole(_ chunk: Int) -> BlockKey { BlockKey(chunk: chunk, block: -1) }
    static func place(_ chunk: Int, _ block: Int) -> BlockKey { BlockKey(chunk: chunk, block: block, isPlace: true) }
    static func wholePlace(_ chunk: Int) -> BlockKey { .place(chunk, -1) }
}

extension BlockRequest {
    /// Blocks, about: a whole chunk counts as many.
    var size: Int { (parts + arrayParts).saturatingSum { $0.blocks.isEmpty ? 1000 : $0.blocks.count } }

    /// Which chunks an answer has, and how many blocks of each, `nil` for all; `nil` where only the file tells.
    var places: [Int: Int?]? {
        guard !wantsFrame, arrayParts.isEmpty else { return nil }
        return Dictionary(parts.map { ($0.chunk, $0.blocks.isEmpty ? nil : $0.blocks.count) }, uniquingKeysWith: { $1 })
    }

    /// As few requests as their size allows: each with the keys that it is for.
    static func batches(_ keys: Set<BlockKey>) -> [(request: BlockRequest, keys: Set<BlockKey>)] {
        var batches: [(request: BlockRequest, keys: Set<BlockKey>)] = []
        var parts: [Part] = [], arrayParts: [Part] = []
        var batch: Set<BlockKey> = []
        var frame = false, weight = 0
        func flush() {
            if !batch.isEmpty { batches.append((BlockRequest(parts, array: arrayParts, frame: frame), batch)) }
            (parts, arrayParts, batch, frame, weight) = ([], [], [], false, 0)
        }
        for keys in Dictionary(grouping: keys, by: \.group).sorted(by: { $0.key < $1.key }).map(\.value) {
            let chunk = keys[0].chunk
            let isWhole = keys.contains { $0.block < 0 }
            let part = Part(chunk: chunk, blocks: isWhole ? [] : keys.map(\.block).sorted())
            if chunk < 0 {
                frame = true
            } else if keys[0].isPlace {
                parts.append(part)
            } else {
                arrayParts.append(part)
            }
            batch.formUnion(keys)
            weight += isWhole ? 4 : 1
            // URLs stay short, and no answer grows out of all proportion.
            if batch.count >= 512 || weight >= 256 { flush() }
        }
        flush()
        return batches
    }
}
