import Arrays
internal import Glibc
import Platform
import Testing

@testable import Blosc2

@Suite(.enabled(if: PythonFrames.isInstalled, "scripts/setup.sh --tests installs python-blosc2"))
struct FrameLayoutTests {
    @Test("python-blosc2 has written its frames")
    func framesExist() { #expect(PythonFrames.all.count > 60) }

    @Test("The pieces of every frame that python-blosc2 writes partition its file", arguments: PythonFrames.all)
    func piecesPartitionTheFile(frame: PythonFrames.Frame) throws {
        let layout = try FrameLayout(frame.source)
        let pieces = layout.pieces
        #expect(isPartition(pieces, of: Int64(frame.bytes.count)))
        #expect(pieces.contains(layout.header))
        #expect(pieces.contains(layout.trailer))
        for case .stored(let offset, let length) in layout.chunks {
            #expect(pieces.contains(offset..<(offset + Int64(length))))
        }
        if let offsets = layout.offsetsChunk { #expect(pieces.contains(offsets)) }
    }

    @Test("A chunk's bytes are where the layout says", arguments: PythonFrames.all)
    func chunksAreWhereTheLayoutSays(frame: PythonFrames.Frame) throws {
        let layout = try FrameLayout(frame.source)
        #expect(layout.chunks.count == frame.chunks.count)
        for (chunk, expected) in zip(layout.chunks, frame.chunks) {
            switch chunk {
            case .stored(let offset, let length):
                #expect(Array(frame.bytes[Int(offset)..<(Int(offset) + length)]) == expected)
            case .special(let value):
                let kind: [UInt8: SpecialValue] = [1: .zeros, 2: .notANumber, 4: .uninitialized]
                #expect(expected.count == 32)
                #expect(value == kind[expected[31] >> 4 & 7])
            }
        }
    }

    @Test("Every stored chunk divides into its head and its blocks", arguments: PythonFrames.all)
    func chunksDivideIntoBlocks(frame: PythonFrames.Frame) throws {
        for chunk in frame.chunks {
            let blocks = ChunkLayout.blocks(of: SharedBytes(chunk))
            #expect(isPartition(blocks, of: chunk.count))
            let header = try #require(SharedBytes(chunk).withBytes { ChunkHeader($0) })
            guard !header.isSpecial else { continue }
            #expect(blocks.count == 1 + (header.nbytes + header.blockSize - 1) / header.blockSize)
        }
    }

    @Test("Deleted chunks leave gaps that belong to no chunk")
    func deletedChunksLeaveGaps() throws {
        let frame = try #require(PythonFrames.named("holes.b2frame"))
        let layout = try FrameLayout(frame.source)
        let named = layout.storedRanges + [layout.header, layout.trailer, try #require(layout.offsetsChunk)]
        #expect(layout.pieces.contains { !named.contains($0) })
    }

    @Test("What follows the frame in its file is cut into pieces of at most 1 MiB")
    func bytesBehindTheFrame() throws {
        let frame = try #require(PythonFrames.named("plain.b2frame"))
        let bytes = frame.bytes + [UInt8](repeating: 7, count: 2_500_000)
        let layout = try FrameLayout(MemorySource(bytes))
        #expect(isPartition(layout.pieces, of: Int64(bytes.count)))
        #expect(layout.pieces.suffix(3).map(\.count) == [1 << 20, 1 << 20, 2_500_000 - 2 << 20])
    }

    @Test("A frame is known by its content, from a file as from memory")
    func framesAreKnownByContent() throws {
        let frame = try #require(PythonFrames.named("4d.b2nd"))
        #expect(try FrameLayout.isFrame(frame.source))
        #expect(try !FrameLayout.isFrame(MemorySource(Array("a text about b2frame".utf8))))
        #expect(try !FrameLayout.isFrame(MemorySource([])))
        let path = "/tmp/bpubsub-\(UInt64.random(in: 0 ... .max))"
        defer { unlink(path) }
        let file = try FileDescriptor(path, .creating)
        try SharedBytes(frame.bytes).withBytes { try file.write($0, at: 0) }
        let layout = try FrameLayout(FileSource(file))
        #expect(layout.pieces == (try FrameLayout(frame.source)).pieces)
        #expect(throws: ArrayError.self) { try FrameLayout(FileSource(file, size: 200)) }
    }
}
