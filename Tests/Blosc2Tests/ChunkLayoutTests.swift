import Platform
import Testing

@testable import Blosc2

@Suite struct ChunkLayoutTests {
    /// A header of an extended chunk, with its table of blocks.
    private func chunk(nbytes: Int32, blockSize: Int32, cbytes: Int32, flags: UInt8 = 0x95, starts: [Int32]) -> [UInt8]
    {
        var bytes: [UInt8] = [5, 1, flags, 4]
        for value in [nbytes, blockSize, cbytes] { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
        bytes += [UInt8](repeating: 0, count: 16)
        for value in starts { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
        return bytes + [UInt8](repeating: 9, count: max(0, Int(cbytes) - bytes.count))
    }

    private func blocks(_ bytes: [UInt8]) -> [Range<Int>] { ChunkLayout.blocks(of: SharedBytes(bytes)) }

    @Test("Blocks that were stored in another order come in the order of the file")
    func blocksInAnyOrder() {
        let bytes = chunk(nbytes: 300, blockSize: 100, cbytes: 200, starts: [150, 60, 100])
        #expect(blocks(bytes) == [0..<60, 60..<100, 100..<150, 150..<200])
    }

    @Test("A dictionary belongs to the head")
    func dictionaryInTheHead() {
        let bytes = chunk(nbytes: 200, blockSize: 100, cbytes: 200, starts: [120, 160])
        #expect(blocks(bytes) == [0..<120, 120..<160, 160..<200])
    }

    @Test("A chunk that is a copy has blocks of its block size")
    func copiedChunk() {
        let bytes = chunk(nbytes: 250, blockSize: 100, cbytes: 282, flags: 0x97, starts: [])
        #expect(blocks(bytes) == [0..<32, 32..<132, 132..<232, 232..<282])
    }

    @Test("Long blocks are cut to 1 MiB")
    func longBlocks() {
        let bytes = chunk(nbytes: 3_000_000, blockSize: 3_000_000, cbytes: 2_500_000, starts: [36])
        #expect(blocks(bytes).map(\.count) == [36, 1 << 20, 1 << 20, 2_500_000 - 36 - 2 << 20])
    }

    @Test("The head alone is enough")
    func headIsEnough() {
        let bytes = chunk(nbytes: 300, blockSize: 100, cbytes: 200, starts: [150, 60, 100])
        let needed = SharedBytes(bytes.prefix(32)).withBytes { ChunkLayout.headLength(startingWith: $0, length: 200) }
        #expect(needed == 44)
        let found = SharedBytes(bytes.prefix(needed)).withBytes { ChunkLayout.blocks(startingWith: $0, length: 200) }
        #expect(found == blocks(bytes))
    }

    @Test("Chunks that contradict themselves are cut into 64 KiB")
    func contradictions() {
        let good: [Int32] = [60, 100, 150]
        let wrong = [
            chunk(nbytes: 300, blockSize: 100, cbytes: 200, starts: [60, 60, 150]),
            chunk(nbytes: 300, blockSize: 100, cbytes: 200, starts: [40, 100, 150]),
            chunk(nbytes: 300, blockSize: 100, cbytes: 200, starts: [60, 100, 200]),
            chunk(nbytes: 300, blockSize: 100, cbytes: 200, starts: [-5, 100, 150]),
            chunk(nbytes: .max, blockSize: 1, cbytes: 200, starts: good),
            chunk(nbytes: -1, blockSize: 100, cbytes: 200, starts: good),
            chunk(nbytes: 300, blockSize: 0, cbytes: 200, starts: good),
            chunk(nbytes: 300, blockSize: -7, cbytes: 200, starts: good),
            chunk(nbytes: 300, blockSize: 100, cbytes: 200, starts: good) + [0],
        ]
        for bytes in wrong { #expect(blocks(bytes) == [0..<bytes.count]) }
        #expect(blocks([UInt8](repeating: 0, count: 150_000)).map(\.count) == [65536, 65536, 150_000 - 131_072])
        #expect(blocks([]).isEmpty)
    }
}
