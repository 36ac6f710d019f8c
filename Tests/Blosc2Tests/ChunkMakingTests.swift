import Arrays
import Platform
import Testing

@testable import Blosc2

@Suite(.enabled(if: PythonFrames.isInstalled, "scripts/setup.sh --tests installs python-blosc2"))
struct ChunkMakingTests {
    @Test("Chunks that are a value alone are made as C-Blosc2 gives them", arguments: PythonFrames.all)
    func special(_ frame: PythonFrames.Frame) throws {
        guard let layout = try? FrameLayout(frame.source), !frame.chunks.isEmpty else { return }
        let info = try FrameInfo(frame.source, layout)
        for (number, chunk) in layout.chunks.enumerated() where number < frame.chunks.count {
            guard case .special(let value) = chunk, info.chunkSize > 0 else { continue }
            let full = Int64(info.chunkSize)
            let count = info.array == nil ? min(full, info.nbytes - Int64(number) * full) : full
            let made = try ChunkMaking.chunk(
                of: value, byteCount: Int(count), blockSize: info.blockSize, typeSize: info.typeSize)
            let header = try #require(made.withBytes(ChunkHeader.init))
            let theirs = try #require(SharedBytes(frame.chunks[number]).withBytes(ChunkHeader.init))
            #expect(made.count == 32 && header.nbytes == theirs.nbytes && header.specialKind == theirs.specialKind)
            #expect(header.typeSize == theirs.typeSize && header.cbytes == theirs.cbytes, "\(frame) \(number)")
        }
    }

    @Test("A chunk of any bytes decompresses to them")
    func copied() throws {
        for count in [1, 100, 1 << 20] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let chunk = try ChunkMaking.chunk(of: SharedBytes(bytes))
            #expect(try Decompression.decompress(chunk, limit: count, of: "chunk").array == bytes)
            #expect(chunk.count <= count + 32)
        }
        #expect(throws: ArrayError.self) { try ChunkMaking.chunk(of: SharedBytes([])) }
    }
}
