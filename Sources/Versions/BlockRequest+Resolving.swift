public import Arrays
public import Blosc2
public import Catalogue
internal import Platform

extension BlockRequest {
    /// The same request by places in the manifest alone.
    ///
    /// - Parameters:
    ///   - layout: that of the version's frame; asked for only if the request speaks of an array or a frame.
    ///   - source: the version's bytes; the heads of the array's chunks are read.
    /// - Returns: as asked for, or ascending by chunk where an array or a frame is spoken of; `nil` when the version has no such chunk or block, or is no frame.
    public func resolved(
        in manifest: Manifest, layout: () throws -> FrameLayout?, source: some ByteSource
    ) throws -> [Part]? {
        guard wantsFrame || !arrayParts.isEmpty else {
            return parts.allSatisfy { $0.chunk < manifest.chunks.count } ? parts : nil
        }
        var wanted: [Int: Set<Int>?] = [:]
        func add(_ chunk: Int, _ blocks: some Sequence<Int>, all: Bool = false) {
            guard let known = wanted[chunk] ?? Set<Int>() else { return }
            wanted[chunk] = all ? .some(nil) : .some(known.union(blocks))
        }
        for part in parts {
            guard part.chunk < manifest.chunks.count else { return nil }
            add(part.chunk, part.blocks, all: part.blocks.isEmpty)
        }
        guard let layout = try layout() else { return nil }
        if wantsFrame { for chunk in manifest.framePlaces(layout) { add(chunk, [], all: true) } }
        for part in arrayParts {
            guard part.chunk < layout.chunks.count else { return nil }
            guard let place = manifest.place(ofArrayChunk: part.chunk, layout) else { continue }
            guard let blocks = try Self.places(of: part, in: manifest.chunks[place], source) else {
                add(place, [], all: true)
                continue
            }
            add(place, blocks)
        }
        return wanted.sorted { $0.key < $1.key }.map { Part(chunk: $0.key, blocks: $0.value?.sorted() ?? []) }
    }

    /// The places in a chunk of an array's blocks and of what reading them needs; `nil` when the chunk is not divisible.
    private static func places(
        of part: Part, in chunk: Manifest.Chunk, _ source: some ByteSource
    ) throws -> Set<Int>? {
        guard !part.blocks.isEmpty, let blocks = try ChunkBlocks(of: chunk, in: source) else { return nil }
        return blocks.places(of: part.blocks)
    }
}

extension ChunkBlocks {
    /// Reads the head of a chunk; `nil` when the chunk is not divisible.
    public init?(of chunk: Manifest.Chunk, in source: some ByteSource) throws {
        let length = Int(chunk.length)
        let first = try source.read(at: chunk.offset, count: min(length, 32))
        let headLength = first.withBytes { ChunkLayout.headLength(startingWith: $0, length: length) }
        let head = try source.read(at: chunk.offset, count: headLength)
        self.init(startingWith: head, length: length)
    }

    /// The places, among the chunk's blocks as the manifest's digests have them, of these blocks of the array and of what
    /// reading them needs; `nil` when there is no such block.
    public func places(of numbers: some Sequence<Int>) -> Set<Int>? {
        var places = Set(headLayoutIndices)
        if needsFirstBlock { places.formUnion(layoutIndices(of: 0)) }
        for number in numbers {
            guard number < count else { return nil }
            places.formUnion(layoutIndices(of: number))
        }
        return places
    }
}

extension Manifest {
    /// The places of a frame's header, chunk of offsets and trailer.
    public func framePlaces(_ layout: FrameLayout) -> [Int] {
        let ranges = [layout.header, layout.offsetsChunk, layout.trailer].compactMap { $0 }
        return Set(ranges.flatMap { Array(chunks(touching: $0)) }).sorted()
    }

    /// The place of an array's chunk; `nil` when that is a value alone and has no bytes.
    public func place(ofArrayChunk number: Int, _ layout: FrameLayout) -> Int? {
        guard case .stored(let offset, _) = layout.chunks[number] else { return nil }
        return chunk(at: offset)
    }
}
