internal import Arrays
internal import Platform

/// A chunk that has only some blocks of another.
struct SmallChunk {
    /// The blocks of the other, in their order.
    private let numbers: [Int]
    private let blocks: ChunkBlocks
    /// How many blocks were put before those that are wanted.
    let skippedBlocks: Int
    /// Which blocks are not to be decompressed.
    let mask: [Bool]?
    /// Uncompressed.
    let byteCount: Int

    init(_ wanted: [Int], of blocks: ChunkBlocks) {
        self.blocks = blocks
        let last = blocks.byteCount - (blocks.count - 1) * blocks.blockSize
        let endsWithLast = wanted.last == blocks.count - 1
        if blocks.needsFirstBlock && wanted.first != 0 {
            numbers = [0] + wanted
            mask = nil
        } else if wanted.count == 1 && endsWithLast && last < blocks.blockSize {
            // Only behind another one is a short block decompressed as the last of a chunk.
            numbers = wanted + wanted
            mask = [true, false]
        } else {
            numbers = wanted
            mask = nil
        }
        skippedBlocks = numbers.count - wanted.count
        byteCount = (numbers.count - 1) * blocks.blockSize + (endsWithLast ? last : blocks.blockSize)
    }

    private var headLength: Int { ChunkHeader.length + 4 * numbers.count }
    private var dictionary: Range<Int> {
        let tableEnd = ChunkHeader.length + 4 * blocks.count
        return blocks.header.hasDictionary ? tableEnd..<blocks.head.upperBound : tableEnd..<tableEnd
    }

    /// What it may need, compressed.
    var capacity: Int {
        headLength + dictionary.count + numbers.saturatingSum { blocks.range(of: $0).count }
    }

    /// - Returns: the length of the chunk.
    func assemble(
        _ chunk: StoredChunk, _ source: some ByteSource, _ head: SharedBytes, in memory: UnsafeMutableRawBufferPointer
    ) throws(ArrayError) -> Int {
        let longest = 2 * blocks.blockSize + 8192
        guard dictionary.count <= 1 << 20, numbers.allSatisfy({ blocks.range(of: $0).count <= longest }) else {
            throw .corrupt("\(chunk): a block is longer than it can be")
        }
        func rest(_ position: Int) -> UnsafeMutableRawBufferPointer { .init(rebasing: memory[position...]) }
        memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: head.pointer[..<ChunkHeader.length]))
        withExtendedLifetime(head) {}
        for (place, filter) in blocks.header.filters.enumerated() where filter == 34 || filter == 35 {
            memory[24 + place] = UInt8(CodecCheck.distance(blocks.header.filtersMeta[place], blocks.header))
        }
        var position = headLength
        if !dictionary.isEmpty {
            try chunk.read(dictionary, of: source, to: rest(position))
            position += dictionary.count
        }
        for run in numbers.indices.runs({
            blocks.range(of: numbers[$0]).upperBound == blocks.range(of: numbers[$1]).lowerBound
        }) {
            let start = blocks.range(of: numbers[run.lowerBound]).lowerBound
            try chunk.read(
                start..<blocks.range(of: numbers[run.upperBound - 1]).upperBound, of: source, to: rest(position))
            for index in run {
                let place = position + blocks.range(of: numbers[index]).lowerBound - start
                memory.storeBytes(
                    of: Int32(place).littleEndian, toByteOffset: ChunkHeader.length + 4 * index, as: Int32.self)
            }
            position += blocks.range(of: numbers[run.upperBound - 1]).upperBound - start
        }
        memory.storeBytes(of: Int32(byteCount).littleEndian, toByteOffset: 4, as: Int32.self)
        memory.storeBytes(of: Int32(position).littleEndian, toByteOffset: 12, as: Int32.self)
        return position
    }
}
