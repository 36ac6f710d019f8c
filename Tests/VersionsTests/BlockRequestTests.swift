import Arrays
import Catalogue
import Digests
import Platform
import Testing

@testable import Versions

@Suite struct BlockRequestTests {
    @Test(arguments: ["3:0,5-7;9", "0", "1:2", "17:0,2,4;18:1-9"])
    func readAndWrittenItIsTheSame(text: String) throws {
        #expect(try BlockRequest(text).description == text)
    }

    /// To prove one block takes all of its chunk: who names a chunk many times costs it once.
    @Test(arguments: [
        ("1:0;1:0", "1:0"), ("1:5;2;1:0,7", "1:0,5,7;2"), ("1:0;1", "1"), ("1;1:3", "1"),
        ("a1:0;a1:2;1:4", "a1:0,2;1:4"),
    ])
    func aChunkThatIsNamedTwiceIsOne(text: String, expected: String) throws {
        #expect(try BlockRequest(text).description == expected)
        let many = Array(repeating: text, count: 500).joined(separator: ";")
        #expect(try BlockRequest(many).description == expected)
    }

    @Test(arguments: [
        "", ";", "a", "-1", "3:", "3:5-2", "3:5,5", "3:1-", "3:-", "1:0-999999999", "99999999999", "3:0:1", "3:1,,2",
        "1:0-4000;2:0-4000",
    ])
    func refusesOtherTexts(text: String) {
        #expect(throws: BlockRequestError.self) { try BlockRequest(text) }
    }

    @Test func blocksOfAChunkAreProvenAgainstTheManifest() throws {
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let digest = ChunkDigester(content: .plain).digest(of: bytes.span.bytes)
        let manifest = Manifest(content: .plain, entries: [(300_000, digest)])
        let source = MemorySource(bytes)
        let part = BlockRequest.Part(chunk: 0, blocks: [0, 4])
        let proven = try BlockAnswer.blocks(part, of: manifest, in: source, limit: 65_536 + 37_856)
        #expect(proven.belong(to: manifest))
        #expect(proven.blocks[1].bytes.array == Array(bytes[262_144...]))
        #expect(throws: BlockFault.noBlock(count: 5)) {
            try BlockAnswer.blocks(.init(chunk: 0, blocks: [5]), of: manifest, in: source)
        }
        #expect(throws: BlockFault.tooMuch) {
            try BlockAnswer.blocks(part, of: manifest, in: source, limit: 65_536 + 37_855)
        }
        let all = try BlockAnswer.blocks(.init(chunk: 0), of: manifest, in: source)
        #expect(all.blocks.flatMap(\.bytes.array) == bytes)
        let other = Manifest(content: .plain, entries: [(300_000, SHA256().finish())])
        #expect(throws: BlockFault.differs) { try BlockAnswer.blocks(part, of: other, in: source) }
        #expect(!proven.belong(to: other))
    }
}
