import Testing

@testable import Digests

@Suite struct DigestTests {
    @Test func agreesWithThePublishedTestVectors() {
        let hasher = SHA256()
        hasher.update(Array("abc".utf8))
        #expect(
            hasher.finish().description == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        // The hasher starts anew: this is the digest of nothing.
        #expect(
            hasher.finish().description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func bytesAndTextAreInverse() throws {
        let digest = try #require(Digest("00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef"))
        #expect(Digest(digest.description) == digest)
        #expect(Digest(bytes: digest.bytes) == digest)
    }

    @Test(arguments: [
        "", "0", String(repeating: "g", count: 64), String(repeating: "A", count: 64),
        String(repeating: "0", count: 65),
    ])
    func refusesWhatIsNotADigest(text: String) {
        #expect(Digest(text) == nil)
    }

    @Test func versionsThatSomebodyMadeUpDoNotShareTheirHash() throws {
        for zeros in [0, 16, 32, 48] {
            let digests = try (0..<1000).map { number in
                let hex = String(number, radix: 16)
                let text = String(repeating: "0", count: 16 - hex.count) + hex + String(repeating: "0", count: zeros)
                return try #require(Digest(String(repeating: "0", count: 64 - text.count) + text))
            }
            #expect(Set(digests.map(\.hashValue)).count > 990)
        }
    }

    @Test func aNodeCannotPassForALeaf() {
        let hasher = SHA256()
        let left = hasher.finish(), right = hasher.finish()
        let asLeaf = (left.bytes + right.bytes).withUnsafeBytes { DigestTree.block($0.bytes, with: hasher) }
        #expect(DigestTree.node(left, right, with: hasher) != asLeaf)
    }

    @Test func theTreeHasTheShapeOfTheRFC() {
        let hasher = SHA256()
        let leaves = (0..<7).map { number in
            hasher.update(littleEndian: UInt64(number))
            return hasher.finish()
        }
        func node(_ a: Digest, _ b: Digest) -> Digest { DigestTree.node(a, b, with: hasher) }
        let left = node(node(leaves[0], leaves[1]), node(leaves[2], leaves[3]))
        let right = node(node(leaves[4], leaves[5]), leaves[6])
        #expect(MerkleTree.root(of: leaves[...], with: hasher) == node(left, right))
    }

    @Test func theStateDigestForgetsTheOrder() {
        let lines = (0..<20).map { Array("line \($0)".utf8) }
        var forward = StateDigest(), backward = StateDigest()
        for line in lines { forward.insert(line: line) }
        for line in lines.reversed() { backward.insert(line: line) }
        #expect(forward == backward)
        backward.remove(line: lines[7])
        #expect(forward != backward)
        backward.insert(line: lines[7])
        #expect(forward.digest == backward.digest)
    }

    @Test func randomTextIsOfTheLengthThatIsAskedForAndNeverTheSame() {
        let texts = (0..<100).map { _ in SecureRandom.hexadecimal(bytes: 16) }
        #expect(texts.allSatisfy { $0.utf8.count == 32 && $0.allSatisfy { "0123456789abcdef".contains($0) } })
        #expect(Set(texts).count == texts.count)
        #expect(SecureRandom.hexadecimal(bytes: 0).isEmpty)
    }
}
