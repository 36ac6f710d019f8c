import Platform
import Testing

@testable import Catalogue

/// What a peer may send when it is asked for blocks: refused by its head, before the rest is waited for.
@Suite struct HostileBlocksTests {
    private let manifest = Manifest(
        content: .frame, entries: [(1 << 20, ManifestTests.digest(0)), (1 << 40, ManifestTests.digest(1))])

    private func take(_ numbers: [UInt32], asked: [Int: Int?]? = nil) throws -> [ProvenBlocks] {
        var bytes: [UInt8] = []
        for number in numbers { bytes.append(littleEndian: number) }
        var decoder = ProvenBlocksDecoder(manifest, asked: asked)
        return try decoder.append(bytes.span.bytes)
    }

    @Test(
        arguments: [
            // Of a chunk that there is not; of more blocks than bytes, than a chunk is cut into, than it has; none.
            [2, 1, 1, 0], [0, 1 << 24, 1, 0], [0, 1 << 18, 1, 0], [0, 4, 5, 0], [0, 4, 0, 0],
            // A proof that is longer than all that is proven; a chunk that nobody keeps in parts.
            [0, 16, 4, 13], [0, 16, 1, 1 << 24], [1, 1 << 16, 1, 16], [0xffff_ffff, 1, 1, 0],
        ] as [[UInt32]])
    func impossibleHeadsAreRefused(head: [UInt32]) {
        #expect(throws: ManifestError.self) { try take(head) }
    }

    @Test func whatWasNotAskedForIsRefused() throws {
        #expect(try take([0, 16, 2, 4], asked: [0: 2]).isEmpty)
        #expect(try take([0, 16, 16, 0], asked: [0: nil]).isEmpty)
        #expect(throws: ManifestError.self) { try take([0, 16, 3, 4], asked: [0: 2]) }
        #expect(throws: ManifestError.self) { try take([0, 16, 2, 4], asked: [7: 2]) }
        #expect(throws: ManifestError.self) { try take([0, 16, 1, 4, 0, 1 << 21]) }
    }

    /// Bytes at random, in pieces of any length: a part, a refusal, or waiting for more.
    @Test(arguments: 0..<10 as Range<UInt64>) func anythingIsTakenOrRefused(seed: UInt64) {
        var random = SplitMix(state: seed)
        for _ in 0..<500 {
            var decoder = ProvenBlocksDecoder(manifest)
            for _ in 0..<8 {
                var piece: [UInt8] = []
                for _ in 0..<Int.random(in: 0...6, using: &random) {
                    piece.append(
                        littleEndian: UInt32.random(in: 0...UInt32.random(in: 0...40, using: &random), using: &random))
                }
                guard (try? decoder.append(piece.span.bytes)) != nil else { break }
            }
        }
    }
}
