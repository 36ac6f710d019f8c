import Digests
import Platform
import Testing

@testable import Catalogue

@Suite struct ManifestTests {
    static func digest(_ number: Int) -> Digest {
        let hasher = SHA256()
        hasher.update(littleEndian: UInt64(number))
        return hasher.finish()
    }

    static func manifest(_ numbers: [Int], content: Manifest.Content = .frame) -> Manifest {
        Manifest(content: content, entries: numbers.map { (Int64($0 % 1000 + 1), digest($0)) })
    }

    @Test func storedAndReadItIsTheSame() throws {
        for count in [0, 1, 2, 1000] {
            let manifest = Self.manifest(Array(0..<count))
            let read = try Manifest(encoded: manifest.encoded)
            #expect(read.version == manifest.version && read.chunks == manifest.chunks && read.size == manifest.size)
        }
    }

    @Test func theVersionDependsOnEveryPart() {
        let versions = [
            Self.manifest([1, 2, 3]), Self.manifest([1, 2, 4]), Self.manifest([2, 1, 3]), Self.manifest([1, 2]),
            Self.manifest([1, 2, 3], content: .plain), Self.manifest([]),
        ].map(\.version)
        #expect(Set(versions).count == versions.count)
    }

    @Test func findsChunksByTheirBytes() {
        let manifest = Manifest(
            content: .plain, entries: [(10, Self.digest(1)), (5, Self.digest(2)), (1, Self.digest(3))])
        #expect([0, 9, 10, 14, 15].map { manifest.chunk(at: $0) } == [0, 0, 1, 1, 2])
        #expect(manifest.chunks(touching: 9..<11) == 0..<2)
        #expect(manifest.chunks(touching: 0..<16) == 0..<3)
        #expect(manifest.chunks(touching: 5..<5).isEmpty)
    }

    @Test(arguments: [
        [1, 2, 3, 4, 5], [1, 9, 3, 4, 5], [], [5, 4, 3, 2, 1], [1, 2, 3, 4, 5, 6, 7], [7, 7, 7, 1, 2], [3],
    ])
    func aDeltaLeadsToTheNewManifest(numbers: [Int]) throws {
        let old = Self.manifest([1, 2, 3, 4, 5]), new = Self.manifest(numbers)
        let decoded = try ManifestDelta.decode(ManifestDelta.encode(new, since: old), since: old)
        #expect(decoded.version == new.version)
        #expect(decoded.chunks == new.chunks)
    }

    @Test func aDeltaOfOneChunkOfAThousandIsSmall() {
        var numbers = Array(0..<1000)
        let old = Self.manifest(numbers)
        numbers[500] = 5000
        #expect(ManifestDelta.encode(Self.manifest(numbers), since: old).count < 200)
    }

    /// Whatever comes over the network is an error or a manifest, never a trap or a large allocation.
    @Test func damagedBytesAreRefused() {
        let manifest = Self.manifest(Array(0..<20)), old = Self.manifest(Array(10..<30))
        let samples = [
            manifest.encoded, ManifestDelta.encode(manifest, since: old),
            Self.proven([0, 3]).head + Array(repeating: 7, count: 12),
        ]
        var generator = SplitMix(state: 7)
        for bytes in samples {
            for round in 0..<4000 {
                var damaged = bytes
                if round % 3 == 0 { damaged = Array(damaged.prefix(Int(generator.next() % UInt64(bytes.count)))) }
                for _ in 0..<(round % 4) where !damaged.isEmpty {
                    damaged[Int(generator.next() % UInt64(damaged.count))] = UInt8(truncatingIfNeeded: generator.next())
                }
                if let read = try? Manifest(encoded: damaged) { #expect(damaged == read.encoded) }
                if let read = try? ManifestDelta.decode(damaged, since: old) { #expect(read.chunks.count < 100) }
                if let parts = try? ProvenBlocks.decode(damaged) {
                    #expect(parts.allSatisfy { !$0.belong(to: manifest) })
                }
            }
        }
    }

    /// Blocks of 4 to 6 bytes, of a chunk of eight.
    static func table() -> (table: BlockTable, bytes: [SharedBytes]) {
        let bytes = (0..<8).map { SharedBytes(Array(repeating: UInt8($0), count: 4 + $0 % 3)) }
        let hasher = SHA256()
        let blocks = bytes.map { block in
            BlockTable.Block(
                length: Int64(block.count), digest: block.withBytes { DigestTree.block($0, with: hasher) })
        }
        return (BlockTable(blocks), bytes)
    }

    static func proven(_ indices: [Int]) -> ProvenBlocks {
        let (table, bytes) = table()
        return ProvenBlocks(chunk: 1, table: table, blocks: indices.map { ($0, bytes[$0]) })
    }

    @Test(arguments: [[0], [7], [3], [0, 7], [1, 2, 3], [0, 1, 2, 3, 4, 5, 6, 7], [2, 5]])
    func anyBlocksCanBeShownToBelongToTheirChunk(indices: [Int]) throws {
        let (table, bytes) = Self.table()
        let length = Int64(bytes.reduce(0) { $0 + $1.count })
        let manifest = Manifest(content: .plain, entries: [(1, Self.digest(1)), (length, table.chunkDigest)])
        let sent = Self.proven(indices)
        #expect(sent.proof.count <= 3 * indices.count)
        let encoded = sent.head + sent.blocks.flatMap { $0.bytes.array }
        let received = try ProvenBlocks.decode(encoded + encoded)
        #expect(received.count == 2 && received.allSatisfy { $0.belong(to: manifest) })
        #expect(received[0].blocks.map(\.bytes.array) == indices.map { bytes[$0].array })
        for position in encoded.indices {
            var damaged = encoded
            damaged[position] ^= 1
            let parts = (try? ProvenBlocks.decode(damaged)) ?? []
            #expect(parts.allSatisfy { !$0.belong(to: manifest) }, "byte \(position)")
        }
    }

    /// A delta of a few bytes must not become a list of millions.
    @Test func aDeltaDoesNotGrowWithoutEnd() throws {
        let old = Self.manifest(Array(0..<1000))
        let doubled = Self.manifest(Array(0..<1000) + Array(0..<1000))
        #expect(try ManifestDelta.decode(ManifestDelta.encode(doubled, since: old), since: old) == doubled)
        var bytes: [UInt8] = []
        Manifest.appendHeader(.frame, old.size * 100, 100_000, to: &bytes)
        for _ in 0..<100 {
            bytes.append(0)
            bytes.append(littleEndian: UInt64(0))
            bytes.append(littleEndian: UInt64(1000))
        }
        #expect(throws: ManifestError.self) { try ManifestDelta.decode(bytes, since: old) }
    }

    @Test func aNewerFormatIsRefusedWithItsNumber() {
        var bytes = Self.manifest([1]).encoded
        bytes[6] = 2
        #expect { try Manifest(encoded: bytes) } throws: { "\($0)".contains("format 2") }
    }
}

/// A small generator with a seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
