import Arrays
import Blosc2
import Catalogue
import Platform
import TestSupport
import Testing

@testable import Versions

/// Versions are made through a window, and checked chunk by chunk: both must find the same.
@Suite struct VersionMakerTests {
    private func check(_ bytes: [UInt8], _ content: Manifest.Content) throws -> Manifest {
        let source = MemorySource(bytes)
        let result = try VersionMaker.version(of: source)
        #expect(result.manifest.content == content)
        #expect(result.manifest.size == Int64(bytes.count))
        let digester = ChunkDigester(content: content)
        for chunk in result.manifest.chunks {
            let piece = source.read(at: chunk.offset, count: Int(chunk.length))
            let digest = piece.withBytes { digester.digest(of: $0) }
            #expect(digest == chunk.digest)
            let table = try VersionMaker.blockTable(of: chunk, content: content, in: Fenced(source, chunk.range))
            #expect(table.chunkDigest == chunk.digest)
        }
        return result.manifest
    }

    /// A file of which a part alone may be read.
    private struct Fenced: ByteSource {
        let source: MemorySource
        let part: Range<Int64>

        init(_ source: MemorySource, _ part: Range<Int64>) { (self.source, self.part) = (source, part) }

        var size: Int64 { source.size }
        func read(at offset: Int64, count: Int) -> SharedBytes {
            #expect(offset >= part.lowerBound && offset + Int64(count) <= part.upperBound)
            return source.read(at: offset, count: count)
        }
    }

    @Test(arguments: [0, 1, 65_536, 65_537, 1 << 20, (1 << 20) + 1, 3_500_000])
    func plainFilesHaveChunksOfOneMebibyte(_ length: Int) throws {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 7) }
        let manifest = try check(bytes, .plain)
        #expect(manifest.chunks.count == (length + (1 << 20) - 1) >> 20)
    }

    @Test(arguments: ["precip.b2nd", "temp.b2nd", "wind.b2nd", "wind-days.b2frame", "mri.b2nd"])
    func framesHaveTheirOwnChunks(_ name: String) throws {
        let bytes = try FileSystem.readAll(BuiltPrograms.packageFolder + "/samples/" + name, limit: 64 << 20)
        let manifest = try check(bytes, .frame)
        #expect(manifest.chunks.count > 3)
        // What a frame says is said without reading all of it, too.
        #expect(try VersionMaker.frame(in: MemorySource(bytes)).frame?.chunkCount ?? 0 > 0)
    }

    @Test func aFrameThatIsCutIsAPlainFileWithAFlaw() throws {
        let bytes = try FileSystem.readAll(BuiltPrograms.packageFolder + "/samples/wind.b2nd", limit: 64 << 20)
        let result = try VersionMaker.version(of: MemorySource(Array(bytes.dropLast(100))))
        #expect(result.manifest.content == .plain)
        #expect(result.frame == nil)
        #expect(result.flaw?.isEmpty == false)
    }

    @Test func aFileThatBecameShorterHasNoVersion() throws {
        struct Shrunk: ByteSource {
            let size: Int64 = 3 << 20
            func read(at offset: Int64, count: Int) -> SharedBytes {
                let end = min(offset + Int64(count), 2 << 20)
                return SharedBytes([UInt8](repeating: 0, count: Int(max(0, end - offset))))
            }
        }
        #expect(throws: VersionError.self) { try VersionMaker.version(of: Shrunk()) }
    }
}
