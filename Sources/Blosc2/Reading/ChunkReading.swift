internal import Arrays
internal import CBlosc2
internal import Platform

/// Reads what a selection takes from chunks, block by block: nothing else of the file is looked at, and no more memory is
/// needed than for a few blocks.
///
/// Blocks that lie apart become one small chunk, with the original's header, that C-Blosc2 decompresses.
struct ChunkReading<Source: ByteSource>: ~Copyable {
    let source: Source
    let geometry: ArrayGeometry
    let check: CodecCheck
    let scratch: DecodingScratch
    /// What is decompressed, uncompressed and together, at once.
    static var batchSize: Int { 1 << 19 }
    static var maximumBlockSize: Int { 1 << 28 }

    var copy: BlockCopy
    private var shapeContext: ShapeContext?

    init(_ source: Source, _ geometry: ArrayGeometry, _ check: CodecCheck, _ scratch: DecodingScratch, copy: BlockCopy)
    {
        self.source = source
        self.geometry = geometry
        self.check = check
        self.scratch = scratch
        self.copy = copy
    }

    mutating func read(
        _ touched: TouchedChunk, _ chunk: FrameLayout.Chunk, uncompressed: Int
    ) throws(ArrayError) {
        switch chunk {
        case .special(.zeros), .special(.uninitialized): try fill(touched, with: [0])
        case .special(.notANumber): try fill(touched, with: notANumber(touched))
        case .stored(let offset, let length):
            let stored = StoredChunk(number: touched.number, offset: offset, length: length)
            try read(touched, stored, uncompressed: uncompressed)
        }
    }

    private mutating func read(
        _ touched: TouchedChunk, _ chunk: StoredChunk, uncompressed: Int
    ) throws(ArrayError) {
        let head = try chunk.head(of: source, expectedBlocks: geometry.blockCount)
        guard let header = head.withBytes(ChunkHeader.init), header.cbytes == chunk.length,
            header.nbytes == uncompressed
        else { throw .corrupt("\(chunk): its header does not say \(uncompressed) bytes in \(chunk.length)") }
        if header.isSpecial { return try fill(touched, with: value(of: header, chunk, touched)) }
        guard header.blockSize <= Self.maximumBlockSize else {
            throw ArrayError(.tooLarge, "\(chunk): blocks of \(header.blockSize) bytes")
        }
        if !header.isCopied { try check.check(header, chunk.description) }
        guard let blocks = ChunkBlocks(startingWith: head, length: chunk.length) else {
            return try readWhole(touched, chunk, header)
        }
        try inBatches(touched, blocks) { reading, batch throws(ArrayError) in
            if header.isCopied {
                try reading.copyStored(batch, chunk, blocks)
            } else {
                try reading.decompress(batch, chunk, blocks, head)
            }
        }
    }

    /// What decompresses only as a whole.
    private mutating func readWhole(
        _ touched: TouchedChunk, _ chunk: StoredChunk, _ header: ChunkHeader
    ) throws(ArrayError) {
        guard !header.isCopied else { throw .corrupt("\(chunk): a copy that is shorter than its data") }
        guard !CodecCheck.needsShape(header) else {
            throw ArrayError(.unsupported, "\(chunk): does not divide into the array's blocks")
        }
        let bytes = try source.bytes(chunk.range, of: chunk.description)
        let content = try Decompression.decompress(bytes, limit: Self.maximumBlockSize, of: chunk.description)
        guard let start = content.pointer.baseAddress, content.count == header.nbytes else {
            throw .corrupt("\(chunk): cannot be decompressed")
        }
        for block in touched.blocks { copy.copy(block, from: start + block.number * geometry.blockByteCount) }
        withExtendedLifetime(content) {}
    }

    /// Groups the blocks, ascending, so that what is decompressed for them together stays small.
    private mutating func inBatches(
        _ touched: TouchedChunk, _ blocks: ChunkBlocks,
        _ body: (inout ChunkReading, BlockBatch) throws(ArrayError) -> Void
    ) throws(ArrayError) {
        var batch = BlockBatch()
        func add(_ block: TouchedBlocks.Block, _ reading: inout ChunkReading) throws(ArrayError) {
            let start = block.number * reading.geometry.blockByteCount
            let end = start + reading.geometry.blockByteCount
            let needed = blocks.blocks(holding: start..<end)
            guard !needed.isEmpty else {
                throw .corrupt("chunk \(touched.number): has fewer blocks than its array says")
            }
            if batch.stored.count + needed.count > 1,
                (batch.stored.count + needed.count) * blocks.blockSize > Self.batchSize
            {
                if !batch.stored.isEmpty { try body(&reading, batch) }
                batch.removeAll()
            }
            batch.append(block, stored: needed)
        }
        if touched.points.count > 1 {
            for block in touched.blocks.sorted(by: { $0.number < $1.number }) { try add(block, &self) }
        } else {
            for block in touched.blocks { try add(block, &self) }
        }
        if !batch.stored.isEmpty { try body(&self, batch) }
    }

    /// Blocks of a chunk that is a copy of its data.
    private mutating func copyStored(
        _ batch: BlockBatch, _ chunk: StoredChunk, _ blocks: ChunkBlocks
    ) throws(ArrayError) {
        let memory = scratch.decoded.reserve(batch.stored.count * blocks.blockSize)
        var position = 0
        for run in batch.storedRuns {
            let range = blocks.range(of: run.lowerBound).lowerBound..<blocks.range(of: run.upperBound - 1).upperBound
            try chunk.read(range, of: source, to: UnsafeMutableRawBufferPointer(rebasing: memory[position...]))
            position += run.count * blocks.blockSize
        }
        copyOut(batch, blocks, memory)
    }

    private mutating func copyOut(_ batch: BlockBatch, _ blocks: ChunkBlocks, _ memory: UnsafeMutableRawBufferPointer) {
        guard let start = memory.baseAddress else { return }
        for (block, first) in batch.touched {
            let skipped = block.number * geometry.blockByteCount - batch.stored[first] * blocks.blockSize
            copy.copy(block, from: start + first * blocks.blockSize + skipped)
        }
    }

    private mutating func decompress(
        _ batch: BlockBatch, _ chunk: StoredChunk, _ blocks: ChunkBlocks, _ head: SharedBytes
    ) throws(ArrayError) {
        let small = SmallChunk(batch.stored, of: blocks)
        let input = scratch.stored.reserve(small.capacity + check.readAhead(blocks.header))
        let length = try small.assemble(chunk, source, head, in: input)
        let readAhead = check.readAhead(blocks.header)
        if readAhead > 0 { memset(input.baseAddress! + length, 0, readAhead) }
        let output = scratch.decoded.reserve(small.byteCount)
        let context = try context(for: blocks.header)
        // A dictionary stays in the context, and with blocks of such size much memory.
        defer { if blocks.header.hasDictionary || blocks.blockSize > 1 << 20 { forgetContexts() } }
        if var mask = small.mask { blosc2_set_maskout(context, &mask, Int32(mask.count)) }
        let got = blosc2_decompress_ctx(
            context, input.baseAddress, Int32(length), output.baseAddress, Int32(small.byteCount))
        guard got == small.byteCount || (small.mask != nil && got == small.byteCount - blocks.blockSize) else {
            throw .corrupt("\(chunk): cannot be decompressed (\(got))")
        }
        let decoded = UnsafeMutableRawBufferPointer(rebasing: output[(small.skippedBlocks * blocks.blockSize)...])
        copyOut(batch, blocks, decoded)
    }

    private mutating func forgetContexts() {
        scratch.forgetContext()
        shapeContext = nil
    }

    private mutating func context(for header: ChunkHeader) throws(ArrayError) -> OpaquePointer {
        guard CodecCheck.needsShape(header) else { return try scratch.decompressionContext() }
        if let shapeContext { return shapeContext.context }
        let made = try ShapeContext(geometry)
        shapeContext = made
        return made.context
    }
}

extension ChunkReading {
    /// Puts one value at every place that the chunk has in the result.
    private mutating func fill(_ touched: TouchedChunk, with value: [UInt8]) throws(ArrayError) {
        guard geometry.itemSize % value.count == 0, geometry.blockByteCount <= Self.maximumBlockSize else {
            throw .corrupt("chunk \(touched.number): repeats \(value.count) bytes in items of \(geometry.itemSize)")
        }
        let memory = scratch.decoded.reserve(geometry.blockByteCount)
        guard let start = memory.baseAddress else { return }
        if value == [0] {
            memset(start, 0, geometry.blockByteCount)
        } else {
            for place in stride(from: 0, to: geometry.blockByteCount, by: value.count) {
                (start + place).copyMemory(from: value, byteCount: value.count)
            }
        }
        for block in touched.blocks { copy.copy(block, from: start) }
    }

    private func notANumber(_ touched: TouchedChunk) throws(ArrayError) -> [UInt8] {
        switch geometry.itemSize {
        case 4: [0, 0, 0xc0, 0x7f]
        case 8: [0, 0, 0, 0, 0, 0, 0xf8, 0x7f]
        default: throw .corrupt("chunk \(touched.number): not-a-numbers of \(geometry.itemSize) bytes")
        }
    }

    private func value(
        of header: ChunkHeader, _ chunk: StoredChunk, _ touched: TouchedChunk
    ) throws(ArrayError) -> [UInt8] {
        switch header.specialKind {
        case 1, 4: return [0]
        case 2: return try notANumber(touched)
        case 3:
            let range = ChunkHeader.length..<chunk.length
            guard !range.isEmpty, geometry.itemSize % range.count == 0 else {
                throw .corrupt("\(chunk): repeats \(range.count) bytes in items of \(geometry.itemSize)")
            }
            let place = (chunk.offset + Int64(range.lowerBound))..<(chunk.offset + Int64(range.upperBound))
            return try source.bytes(place, of: chunk.description).array
        default: throw .corrupt("\(chunk): of an unknown special value")
        }
    }
}
